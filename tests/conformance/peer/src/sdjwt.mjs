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
  demand(/^[\x21-\x7d]+(~[\x21-\x7d]+)*~$/.test(text), 'plaintext-form')
  const [jws, ...disclosures] = text.slice(0, -1).split('~')
  demand(disclosures.length <= MAX_DISCLOSURES, 'too-large', 'disclosures')
  demand(disclosures.every((one) => one.length <= MAX_DISCLOSURE), 'too-large', 'disclosure')
  return { jws, disclosures }
}

/** Verifies signature and groups. `allowMissing` only for what a resync returns [M-11]. */
export async function verifyMessage(text, keys, { allowMissing = false } = {}) {
  const { jws, disclosures } = splitMessage(text)
  const { kid, payload } = await verify(jws, TYP.message, keys)
  const digests = readDigests(payload)
  const given = disclosures.map((one) => digestOf(ascii(one)))
  demand(new Set(given).size === given.length, MISMATCH, 'disclosure twice')
  demand(given.every((digest) => digests.includes(digest)), MISMATCH, 'disclosure without digest')
  const missing = digests.length - given.length
  demand(missing === 0 || allowMissing, MISMATCH, 'digest without disclosure')
  const { _sd, _sd_alg, ...clear } = payload
  return { id: messageId(jws), jws, kid, payload, clear, groups: readGroups(disclosures, clear), missing }
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

function readGroups(disclosures, clear) {
  const groups = Object.create(null)
  for (const one of disclosures) {
    const bytes = unb64url(one)
    demand(bytes, 'json-strict', 'disclosure is not base64url')
    const array = readJson(bytes)
    demand(Array.isArray(array) && array.length === 3, MISMATCH, 'disclosure is not a triple')
    const [salt, name, value] = array
    demand(unb64url(salt)?.length === 16, MISMATCH, 'salt') // [M-7]
    demand(typeof name === 'string' && !RESERVED.includes(name), MISMATCH, 'name') // [M-9]
    demand(!(name in clear) && !(name in groups), MISMATCH, 'name twice') // [M-9]
    demand(!usesReserved(value), MISMATCH, 'reserved name')
    groups[name] = value
  }
  return groups
}

function usesReserved(value) {
  if (value === null || typeof value !== 'object') return false
  if (Array.isArray(value)) return value.some(usesReserved)
  return Object.entries(value).some(([name, inner]) => RESERVED.includes(name) || usesReserved(inner))
}
