// The seal: PROTOCOL.md chapter 6.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { KDF_SHAKE256, KEM_MLKEM768_X25519 } from '@panva/hpke-noble'
import { ml_kem768_x25519 } from '@noble/post-quantum/hybrid.js'
import { AEAD_AES_256_GCM, CipherSuite } from 'hpke'
import { ascii, AUTHORITY, b64url, demand, DIGEST, isClosed, isObject, Refused, unb64url } from './encoding.mjs'
import { canonical, canonicalBytes, readJson } from './json.mjs'
import { splitMessage } from './sdjwt.mjs'
import { thumbprint } from './keys.mjs'

const MAX_SEALED = 262144 // [S-3]
const MAX_PROOF = 32768 // [S-1]
const KEY = 48 // [S-3]
const IV = 12
const TAG = 16
const EK = 1120 // [S-2]
const PROFILE = { alg: 'HPKE-10-KE', enc: 'A256GCM', typ: 'tracer-1+jwe' }
const INFO = Buffer.from('4a4f53452d48504b452072637074ff4132353647434dff', 'hex') // [S-4]
const suite = new CipherSuite(KEM_MLKEM768_X25519, KDF_SHAKE256, AEAD_AES_256_GCM) // 6.3

/** [K-5] Public JWK and key id of a 32-byte seed. */
export async function sealingKey(seed) {
  const { publicKey } = ml_kem768_x25519.keygen(seed)
  const jwk = { alg: PROFILE.alg, kty: 'AKP', pub: b64url(publicKey) }
  return { jwk, kid: await thumbprint(jwk) }
}

/** [S-1] The plaintext of a seal. */
export const pack = (sdJwt, proof) => canonicalBytes({ proof, sd_jwt: sdJwt })

/** [S-1] Reads an opened plaintext: canonical, closed, the message in its transmitted form. */
export function unpack(plaintext) {
  let value
  try {
    value = readJson(plaintext)
  } catch {
    throw new Refused('plaintext-form')
  }
  demand(isClosed(value, ['proof', 'sd_jwt']) && isObject(value.proof) && typeof value.sd_jwt === 'string'
    && canonical(value) === plaintext.toString('utf8'), 'plaintext-form')
  demand(plaintext.length - value.sd_jwt.length <= MAX_PROOF, 'too-large', 'proof')
  const { jws, disclosures } = splitMessage(value.sd_jwt)
  return { sdJwt: value.sd_jwt, proof: value.proof, jws, disclosures }
}

function headerText({ kid, from, to, id, ek }) {
  const { alg, enc, typ } = PROFILE
  return JSON.stringify({ alg, enc, kid, typ, from, to, id, ek }) // [S-2]: this order, no white space
}

/** [S-2] to [S-5] Seals a plaintext to a public sealing key. */
export async function seal(plaintext, { from, to, id }, { kid, jwk }) {
  const cek = randomBytes(32) // [S-4]
  const recipient = await suite.DeserializePublicKey(unb64url(jwk.pub))
  const { encapsulatedSecret, ciphertext: key } = await suite.Seal(recipient, cek, { info: INFO })
  const header = b64url(ascii(headerText({ kid, from, to, id, ek: b64url(encapsulatedSecret) })))
  const iv = randomBytes(IV)
  const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(ascii(header)) // [S-5]
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return [header, ...[key, iv, text, cipher.getAuthTag()].map(b64url)].join('.')
}

/** The form of a seal: [S-2], [S-3]. */
export function parse(jwe) {
  demand(jwe.length <= MAX_SEALED, 'too-large', 'seal')
  const parts = jwe.split('.')
  const bytes = parts.map(unb64url)
  demand(parts.length === 5 && bytes.every(Boolean), 'jwe-form')
  const [header, key, iv, text, tag] = bytes
  const fields = readHeader(header)
  demand(key.length === KEY && iv.length === IV && tag.length === TAG, 'jwe-form')
  return { ...fields, aad: ascii(parts[0]), key, iv, text, tag }
}

function readHeader(bytes) {
  let value
  try {
    value = readJson(bytes)
  } catch {
    throw new Refused('jwe-form', 'header')
  }
  demand(isObject(value), 'jwe-form', 'header')
  const foreign = Object.keys(PROFILE).some((name) => value[name] !== PROFILE[name])
  demand(!foreign, 'jwe-profile')
  const { kid, from, to, id } = value
  const ek = unb64url(value.ek)
  demand(DIGEST.test(kid) && DIGEST.test(id) && AUTHORITY.test(from) && AUTHORITY.test(to)
    && ek?.length === EK && headerText(value) === bytes.toString('utf8'), 'jwe-form', 'header')
  return { kid, from, to, id, ek }
}

/** [S-7] Opens a parsed seal; `seeds` maps the ids of own keys that still open to their seeds. */
export async function open(parsed, seeds) {
  const seed = seeds.get(parsed.kid)
  demand(seed, 'seal-key', '', [...seeds.keys()].slice(-1))
  try {
    const secret = await suite.DeserializePrivateKey(seed)
    const cek = await suite.Open(secret, parsed.ek, parsed.key, { info: INFO })
    const decipher = createDecipheriv('aes-256-gcm', cek, parsed.iv).setAAD(parsed.aad).setAuthTag(parsed.tag)
    return Buffer.concat([decipher.update(parsed.text), decipher.final()])
  } catch {
    throw new Refused('seal-open')
  }
}
