// Bytes, base64, digests, instants and short forms: PROTOCOL.md chapters 1 and 2.
import { createHash } from 'node:crypto'

/** A departure from the protocol, named by its code in chapter 14. */
export class Refused extends Error {
  constructor(code, detail = '', hints = []) {
    super(detail ? `${code}: ${detail}` : code)
    this.code = code
    this.hints = hints
  }
}

export function demand(condition, code, detail = '', hints = []) {
  if (!condition) throw new Refused(code, detail, hints)
}

export const MAX_INT = Number.MAX_SAFE_INTEGER
export const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/ // [E-3]
export const AUTHORITY = /^[A-Z]{2}(-[A-Z0-9]{1,16}){1,3}$/ // [E-9]
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$/ // [E-8]
const SHORT_REFUSED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/ // [E-10]
const LONG_REFUSED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/ // [E-10]

export const utf8 = (text) => Buffer.from(text, 'utf8')
export const ascii = (text) => Buffer.from(text, 'latin1')
export const concat = (...parts) => Buffer.concat(parts)
export const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export const b64url = (bytes) => Buffer.from(bytes).toString('base64url')
export const b64 = (bytes) => Buffer.from(bytes).toString('base64')

/** Canonical base64url [E-2], or null. */
export function unb64url(text) {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

/** Canonical padded base64 of a note [L-7], [L-8], or null. */
export function unb64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

export const digestOf = (bytes) => b64url(sha256(bytes))

function integer(value, length) {
  const out = Buffer.alloc(length)
  let rest = BigInt(value)
  for (let i = length - 1; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 255n)
  return out
}
export const u8 = (n) => integer(n, 1)
export const u32 = (n) => integer(n, 4)
export const u64 = (n) => integer(n, 8)

/** Milliseconds since 1970 of an instant [E-8], or null: a real date, exactly three decimals. */
export function readInstant(text) {
  if (typeof text !== 'string' || !INSTANT.test(text)) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text ? null : ms
}
export const instant = (ms = Date.now()) => new Date(ms).toISOString()

export const isDigest = (value) => typeof value === 'string' && DIGEST.test(value)
export const isAuthority = (value) => typeof value === 'string' && AUTHORITY.test(value)
export const isCount = (value) => Number.isSafeInteger(value) && value >= 0
export const shortTextIsClean = (text) => !SHORT_REFUSED.test(text)
export const longTextIsClean = (text) => !LONG_REFUSED.test(text)

export const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A closed object [E-6]: every required member, no member that is neither required nor optional. */
export function isClosed(value, required, optional = []) {
  if (!isObject(value)) return false
  const names = Object.keys(value)
  return required.every((name) => names.includes(name))
    && names.every((name) => required.includes(name) || optional.includes(name))
}

/** Ascending by bytes, each once. For ASCII, code units are bytes. */
export const isAscending = (list) => list.every((item, i) => i === 0 || list[i - 1] < item)
