// Messages as SD-JWT: PROTOCOL.md 5.2 and 5.3.
import { randomBytes } from 'node:crypto'
import { ascii, b64url, demand, digestOf, isAscending, isDigest, unb64url, utf8 } from './encoding.mjs'
import { canonical, canonicalBytes, readJson } from './json.mjs'
import { sign, TYP, verify } from './jws.mjs'

const MAX_DISCLOSURES = 64 // [M-12]
const MAX_DISCLOSURE = 65536 // [M-12]
const RESERVED = ['_sd', '_sd_alg', '...'] // [M-9]
const MISMATCH = 'disclosure-mismatch'

/** [M-13] The id is the digest of the JWS, whatever is disclosed. */
export const messageId = (jws) => digestOf(ascii(jws))

/** [M-7] One group as a disclosure. */
export function disclosure(name, value) {
  return b64url(utf8(canonical([b64url(randomBytes(16)), name, value])))
}

/** Signs a message: [M-7], [M-8], [M-12]. `groups` is an object of group name to value. */
export async function signMessage(clear, groups, key) {
  const disclosures = Object.entries(groups).map(([name, value]) => disclosure(name, value))
  const payload = { ...clear }
  if (disclosures.length > 0) {
    payload._sd = disclosures.map((text) => digestOf(ascii(text))).sort()
    payload._sd_alg = 'sha-256'
  }
  const jws = await sign(canonicalBytes(payload), TYP.message, key)
  return { id: messageId(jws), jws, sdJwt: `${[jws, ...disclosures].join('~')}~`, payload }
}

/** [M-12] Splits the transmitted form. */
export function splitMessage(text) {
  demand(/^[\x00-\x7f]*~$/.test(text) && !/^~|~~/.test(text), 'plaintext-form')
  const [jws, ...disclosures] = text.slice(0, -1).split('~')
  demand(disclosures.length <= MAX_DISCLOSURES, 'too-large', 'disclosures')
  demand(disclosures.every((one) => one.length <= MAX_DISCLOSURE), 'too-large', 'disclosure')
  return { jws, disclosures }
}

/** Verifies signature and groups. `allowMissing` only for what a resync returns [M-11]. */
export async function verifyMessage(text, keys, { allowMissing = false } = {}) {
  const { jws, disclosures } = splitMessage(text)
  const { kid, payload } = await verify(jws, TYP.message, keys)
  const digests = new Set(readDigests(payload))
  const { _sd, _sd_alg, ...clear } = payload
  const groups = readGroups(disclosures, digests, clear)
  demand(digests.size === 0 || allowMissing, MISMATCH, 'digest without disclosure')
  return { id: messageId(jws), jws, kid, payload, clear, groups, missing: digests.size }
}

/** [M-8] `_sd` and `_sd_alg` stand at the top or not at all; [M-9] nowhere else. */
function readDigests(payload) {
  const { _sd: digests, _sd_alg: alg, ...clear } = payload
  demand(!usesReserved(clear), MISMATCH, 'reserved name')
  if (digests === undefined && alg === undefined) return []
  demand(alg === 'sha-256' && Array.isArray(digests) && digests.length > 0
    && digests.every(isDigest) && isAscending(digests), MISMATCH, '_sd')
  return digests
}

/** [M-15] Each disclosure in its turn; takes its digest out of `digests`. */
function readGroups(disclosures, digests, clear) {
  const groups = Object.create(null)
  for (const one of disclosures) {
    demand(digests.delete(digestOf(ascii(one))), MISMATCH, 'disclosure without digest, or twice')
    const [name, value] = readDisclosure(one)
    demand(!(name in clear) && !(name in groups), MISMATCH, 'name twice') // [M-9]
    groups[name] = value
  }
  return groups
}

/** [M-7] */
function readDisclosure(text) {
  const bytes = unb64url(text)
  demand(bytes, 'json-strict', 'disclosure is not base64url')
  const array = readJson(bytes)
  demand(Array.isArray(array) && array.length === 3, MISMATCH, 'disclosure is not a triple')
  const [salt, name, value] = array
  demand(unb64url(salt)?.length === 16, MISMATCH, 'salt')
  demand(typeof name === 'string' && !RESERVED.includes(name) && !usesReserved(value), MISMATCH, 'name') // [M-9]
  return [name, value]
}

function usesReserved(value) {
  if (value === null || typeof value !== 'object') return false
  if (Array.isArray(value)) return value.some(usesReserved)
  return Object.entries(value).some(([name, inner]) => RESERVED.includes(name) || usesReserved(inner))
}
