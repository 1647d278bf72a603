// Signed objects: PROTOCOL.md chapter 4.
import { CompactSign, compactVerify, importJWK } from 'jose'
import { demand, DIGEST, isObject, Refused, unb64url } from './encoding.mjs'
import { readJson } from './json.mjs'

const MAX_JWS = 98304 // [J-3]
export const TYP = { // [J-2]
  message: 'tracer-message+sd-jwt',
  refusal: 'tracer-refusal+jws',
  resync: 'tracer-resync+jws',
  entry: 'tracer-entry+jws',
  endorsement: 'tracer-entry-endorsement+jws',
  terms: 'tracer-terms+jws',
}

/** Signs bytes. jose keeps the order of the header's members, so this is the header of [J-1]. */
export async function sign(payload, typ, { secret, kid }) {
  const key = await importJWK(secret, 'Ed25519')
  return new CompactSign(payload).setProtectedHeader({ alg: 'Ed25519', kid, typ }).sign(key)
}

/** [J-3] up to the header: returns the parts, the key id and the payload's bytes, nothing verified. */
export function split(token, typ) {
  demand(token.length <= MAX_JWS, 'too-large', 'JWS')
  const parts = token.split('.')
  const bytes = parts.map(unb64url)
  demand(parts.length === 3 && bytes.every(Boolean) && bytes[2].length === 64, 'jws-form')
  return { kid: keyIdOf(bytes[0], typ), payload: bytes[1] }
}

/** [J-1] The header is compared as bytes: rebuilt from its only variable part, the kid. */
function keyIdOf(header, typ) {
  const text = header.toString('latin1')
  const kid = text.slice('{"alg":"Ed25519","kid":"'.length).slice(0, 43)
  demand(DIGEST.test(kid) && text === `{"alg":"Ed25519","kid":"${kid}","typ":"${typ}"}`, 'jws-header')
  return kid
}

/** [J-3] Verifies a token against `keys` (a map of key id to public JWK); returns payload and kid. */
export async function verify(token, typ, keys) {
  const { kid, payload } = split(token, typ)
  const jwk = keys.get(kid)
  demand(jwk, 'signing-key')
  try {
    await compactVerify(token, await importJWK({ ...jwk }, 'Ed25519'), { algorithms: ['Ed25519'] })
  } catch {
    throw new Refused('jws-signature')
  }
  return { kid, payload: readObject(payload) }
}

export function readObject(bytes) {
  const value = readJson(bytes)
  demand(isObject(value), 'json-strict', 'not an object')
  return value
}
