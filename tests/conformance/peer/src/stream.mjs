// Encryption of attachments: PROTOCOL.md 15.1.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { b64url, concat, demand, digestOf, Refused, u32 } from './encoding.mjs'

const SEGMENT = 65536
const TAG = 16

const nonce = (prefix, i, last) => concat(prefix, u32(i), Buffer.from([last ? 1 : 0]))

export function encrypt(plaintext, key, prefix) {
  const out = []
  const count = Math.max(1, Math.ceil(plaintext.length / SEGMENT)) // an empty file is one empty segment
  for (let i = 0; i < count; i++) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce(prefix, i, i === count - 1))
    out.push(cipher.update(plaintext.subarray(i * SEGMENT, (i + 1) * SEGMENT)), cipher.final(), cipher.getAuthTag())
  }
  return Buffer.concat(out)
}

export function decrypt(ciphertext, key, prefix) {
  const whole = SEGMENT + TAG
  const count = Math.ceil(ciphertext.length / whole)
  const tail = ciphertext.length - (count - 1) * whole
  demand(count > 0 && (count === 1 ? tail >= TAG : tail > TAG), 'attachment-digest', 'cut')
  const out = []
  for (let i = 0; i < count; i++) {
    out.push(openSegment(ciphertext.subarray(i * whole, (i + 1) * whole), key, nonce(prefix, i, i === count - 1)))
  }
  return Buffer.concat(out)
}

function openSegment(segment, key, iv) {
  const cut = segment.length - TAG
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAuthTag(segment.subarray(cut))
  try {
    return Buffer.concat([decipher.update(segment.subarray(0, cut)), decipher.final()])
  } catch {
    throw new Refused('attachment-digest', 'tag')
  }
}

/** Encrypts one file: its description, its key group and its ciphertext. */
export function newAttachment(n, plaintext, description) {
  const [key, prefix] = [randomBytes(32), randomBytes(7)]
  const ciphertext = encrypt(plaintext, key, prefix)
  const announced = {
    n,
    size: plaintext.length,
    digest: digestOf(plaintext),
    cipher_size: ciphertext.length,
    cipher_digest: digestOf(ciphertext),
    ...description,
  }
  return { announced, group: { key: b64url(key), prefix: b64url(prefix) }, ciphertext }
}

/** Decrypts and checks a file against what the message announces. */
export function openAttachment(ciphertext, announced, { key, prefix }) {
  const plaintext = decrypt(ciphertext, Buffer.from(key, 'base64url'), Buffer.from(prefix, 'base64url'))
  demand(plaintext.length === announced.size && digestOf(plaintext) === announced.digest, 'attachment-digest')
  return plaintext
}
