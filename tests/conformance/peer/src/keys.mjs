// Public keys and their ids: PROTOCOL.md chapter 3.
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { demand, isClosed, unb64url } from './encoding.mjs'

const P25519 = 2n ** 255n - 19n
const MLKEM_PUBLIC = 1184 // [K-4]
const MLKEM_Q = 3329 // FIPS 203
const XWING_PUBLIC = 1216

/** [K-3] A canonical encoding of a point that is not of small order. */
function isEd25519Key(bytes) {
  if (!bytes || bytes.length !== 32) return false
  try {
    return !ed25519.Point.fromBytes(bytes).isSmallOrder()
  } catch {
    return false
  }
}

function isX25519Key(bytes) {
  const value = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
  if (value >= P25519) return false
  try {
    x25519.getSharedSecret(new Uint8Array(32).fill(9), bytes) // refuses a point of small order
    return true
  } catch {
    return false
  }
}

/** The modulus check of FIPS 203, 7.2: every 12-bit coefficient is below q. */
function isMlKemKey(bytes) {
  for (let i = 0; i + 2 < MLKEM_PUBLIC - 32; i += 3) {
    if ((bytes[i] | ((bytes[i + 1] & 15) << 8)) >= MLKEM_Q) return false
    if (((bytes[i + 1] >> 4) | (bytes[i + 2] << 4)) >= MLKEM_Q) return false
  }
  return true
}

/** [K-4] ML-KEM-768 encapsulation key, then X25519 public key. */
function isXWingKey(bytes) {
  return bytes?.length === XWING_PUBLIC
    && isMlKemKey(bytes.subarray(0, MLKEM_PUBLIC))
    && isX25519Key(bytes.subarray(MLKEM_PUBLIC))
}

/** [K-2] A public JWK with exactly its members; returns its id [K-1]. */
export async function readJwk(jwk, alg) {
  if (alg === 'Ed25519') {
    demand(isClosed(jwk, ['crv', 'kty', 'x']) && jwk.kty === 'OKP' && jwk.crv === 'Ed25519'
      && isEd25519Key(unb64url(jwk.x)), 'signing-key')
  } else {
    demand(isClosed(jwk, ['alg', 'kty', 'pub']) && jwk.kty === 'AKP' && jwk.alg === 'HPKE-10-KE'
      && isXWingKey(unb64url(jwk.pub)), 'seal-key')
  }
  return thumbprint(jwk)
}

export const thumbprint = (jwk) => calculateJwkThumbprint({ ...jwk }, 'sha256')

/** A new signing key: private JWK and public JWK in the profile's members. */
export async function newSigningKey() {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { secret: jwk, jwk: { crv: 'Ed25519', kty: 'OKP', x: jwk.x } }
}
