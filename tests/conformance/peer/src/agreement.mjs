// Agreed terms: PROTOCOL.md chapter 19.2.
import { demand, isClosed, readInstant, Refused, shortTextIsClean } from './encoding.mjs'
import { readJson } from './json.mjs'
import { TYP, verify } from './jws.mjs'
import { ajv, load } from './schemas.mjs'
import { areSound, termsDigest } from './terms.mjs'

const MAX_FILE = 131072
const AHEAD = 600000 // ten minutes
const FORM = 'agreement-form'
const fits = ajv.compile({ ...load('entry.schema.json'), $ref: '#/$defs/Terms', $id: 'agreed-terms' })

/** [F-17] Terms that both have signed; `parties` gives the listed signing keys of the two. */
export async function readAgreement(file, parties, now) {
  const { terms, signatures } = readFile(file)
  checkTerms(terms)
  const two = [terms.authority, terms.counterpart]
  demand(Object.keys(parties).length === 2 && two.every((one) => one in parties), 'agreement-parties', 'of others')
  const listed = two.flatMap((who) => parties[who].map((key) => ({ who, key })))
  const keys = new Map(listed.map(({ key }) => [key.kid, key.jwk]))
  const digest = termsDigest(terms)
  const signed = []
  for (const token of signatures) signed.push(await checkSignature(token, { terms, digest, keys, listed, now }))
  demand(signed.length === 2 && signed[0].who !== signed[1].who, 'agreement-parties', 'not one of each')
  return { digest, at: signed.map((one) => one.at).sort()[1] }
}

function readFile(file) {
  demand(file.length <= MAX_FILE, 'too-large', 'agreement')
  let value
  try {
    value = readJson(file)
  } catch {
    throw new Refused(FORM, 'file')
  }
  const isToken = (one) => typeof one === 'string'
  demand(isClosed(value, ['terms', 'signatures']) && Array.isArray(value.signatures) && value.signatures.every(isToken)
    && [1, 2].includes(value.signatures.length) && isClosed(value.terms, [], Object.keys(value.terms ?? {})), FORM, 'file')
  return value
}

const isLater = ({ v }) => Number.isSafeInteger(v) && v > 1
const isClean = (value) => (typeof value === 'string' ? shortTextIsClean(value)
  : value === null || typeof value !== 'object' || Object.entries(value).flat().every(isClean))

function checkTerms(terms) {
  demand(!isLater(terms), 'version-unknown')
  demand(fits(terms) && isClean(terms) && areSound(terms), FORM, 'terms')
  demand(terms.counterpart !== undefined && terms.counterpart !== terms.authority, FORM, 'counterpart')
}

async function checkSignature(token, { terms, digest, keys, listed, now }) {
  const { kid, payload: claim } = await verify(token, TYP.terms, keys)
  demand(!isLater(claim), 'version-unknown')
  const at = readInstant(claim.at)
  demand(isClosed(claim, ['at', 'authority', 'counterpart', 'terms', 'v']) && claim.v === 1 && claim.terms === digest
    && claim.authority === terms.authority && claim.counterpart === terms.counterpart && at !== null, FORM, 'claim')
  const { who, key } = listed.find((one) => one.key.kid === kid)
  demand(key.revoked_from === undefined, 'key-revoked')
  demand(key.sign_from <= claim.at && claim.at <= key.sign_until, 'key-expired')
  demand(at <= now + AHEAD, 'clock-ahead')
  return { who, at: claim.at }
}
