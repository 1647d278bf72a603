// Our keys and our entry: PROTOCOL.md chapter 23, steps 1 to 4.
import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import * as x509 from '@peculiar/x509'
import { b64url, instant } from './encoding.mjs'
import { canonicalBytes } from './json.mjs'
import { sign, TYP } from './jws.mjs'
import { newSigningKey, thumbprint } from './keys.mjs'
import { sealingKey } from './seal.mjs'
import { ownTerms } from './terms.mjs'

const DAY = 86400000
const SIGN_DAYS = 730 // [K-7]
const SEAL_DAYS = 90 // [K-7]
const AFTER_DAYS = 400 // [K-7]
const EARLIER = 60000 // keys begin a minute before, for clocks that differ
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** [T-2] A P-256 key and its self-signed certificate. */
async function newChannel(authority) {
  const keys = await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: `CN=${authority}`,
    notBefore: new Date(Date.now() - EARLIER),
    notAfter: new Date(Date.now() + SIGN_DAYS * DAY),
    signingAlgorithm: ECDSA,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  }, webcrypto)
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { der: b64url(Buffer.from(certificate.rawData)), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') }
}

/** All keys of an authority, each random, none derived from another. JSON, secrets included. */
export async function newIdentity(authority) {
  const signing = await newSigningKey()
  const logKey = await newSigningKey()
  const second = ml_dsa44.keygen(randomBytes(32))
  return {
    authority,
    signing: { secret: signing.secret, jwk: signing.jwk, kid: await thumbprint(signing.jwk) },
    sealSeed: b64url(randomBytes(32)),
    log: {
      origin: `${authority}/log/1`,
      ed25519: logKey.secret,
      ed25519Public: logKey.jwk.x,
      mldsa44: b64url(second.secretKey),
      mldsa44Public: b64url(second.publicKey),
    },
    channel: await newChannel(authority),
  }
}

async function listedKeys({ signing, sealSeed }, now) {
  const from = now - EARLIER
  const end = (days) => instant(from + days * DAY)
  const seal = await sealingKey(Buffer.from(sealSeed, 'base64url'))
  return [
    {
      kid: signing.kid, use: 'sign', jwk: signing.jwk, sign_from: instant(from),
      sign_until: end(SIGN_DAYS), accept_until: end(SIGN_DAYS + AFTER_DAYS),
    },
    {
      kid: seal.kid, use: 'seal', jwk: seal.jwk, sign_from: instant(from),
      sign_until: end(SEAL_DAYS), open_until: end(SEAL_DAYS + AFTER_DAYS),
    },
  ]
}

/** [N-1] to [N-4] Our first entry, as the bytes of its file. It collects, so it has no endpoint. */
export async function writeEntryFile(identity) {
  const now = Date.now()
  const { authority, log, channel, signing } = identity
  const entry = {
    v: 1,
    authority,
    state: authority.slice(0, 2),
    name: 'National point of contact',
    seq: 1,
    prev: '',
    issued: instant(now),
    mode: 'collects',
    endpoint: '',
    contacts: [{ name: 'Desk', role: 'duty officer', phone: '+000 1', mail: 'desk@xz.example', hours: 'always' }],
    languages: ['en'],
    keys: await listedKeys(identity, now),
    log: { origin: log.origin, ed25519: log.ed25519Public, mldsa44: log.mldsa44Public },
    channel: [channel.der],
    terms: ownTerms(authority),
  }
  const jws = await sign(canonicalBytes(entry), TYP.entry, signing)
  return canonicalBytes({ entry: jws, endorsement: null })
}
