// What our messages say. Values are those of codes.json.
import { randomBytes } from 'node:crypto'
import { b64url, instant } from './encoding.mjs'

const code = (list, value) => ({ list, version: 1, value }) // [M-3]

/** The members every message has: 5.1, [M-5]. */
export function common(type, sender, recipient) {
  return {
    type, v: 1, sender, recipient, issued: instant(), nonce: b64url(randomBytes(16)),
    handling: { code: code('handling-code', 'H0') }, language: 'en', test: true,
  }
}

/** A tracing request in the clear; `terms` as in [M-4]. */
export function requestClear(sender, recipient, terms, number) {
  const mark = (kind, location, text) => ({
    kind: code('mark-kind', kind), location: code('mark-location', location), text, reading: code('reading-state', 'CLEAR'),
  })
  return {
    ...common('request', sender, recipient),
    terms,
    reference: `${sender.slice(0, 2)}-${new Date().getUTCFullYear()}-${String(number).padStart(6, '0')}`,
    urgency: { level: code('urgency-level', 'ROUTINE') },
    firearms: [{
      line: 1,
      make: { as_marked: 'EXAMPLE ARMS' },
      model: { as_marked: 'M-9' },
      calibre: { as_marked: '9 mm' },
      marks: [
        { ...mark('SERIAL', 'FRAME', 'XZ 12345'), identity: true },
        mark('MANUFACTURER', 'SLIDE', 'EXAMPLE ARMS'),
      ],
    }],
    recoveries: [{ mode: code('recovery-mode', 'SEIZED'), date: '2026-02', country: sender.slice(0, 2), quantity: 1, lines: [1] }],
    intended_use: [code('intended-use', 'IDENTIFY_LAST_HOLDER')],
    asked: [code('asked', 'CHAIN_OF_SALE'), code('asked', 'LAST_HOLDER')],
  }
}

/** Its disclosable groups: 5.2. */
export function requestGroups() {
  return {
    persons: [{ role: code('person-role', 'POSSESSOR'), family_name: 'Müller', given_names: 'Zoë', lines: [1] }],
    place: { locality: 'Grenzstadt', latitude: 47123456, longitude: -8123456 },
    narrative: { summary: 'Found in a car at a border post.\nNo owner was present.', language: 'en' },
    officer: { name: 'A. Example', phone: '+000 2' },
  }
}

/** Bytes that stand for a photograph: more than one segment. */
export const photoBytes = () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(100000)])
export const photoDescription = () => ({
  media_type: 'image/jpeg', kind: code('attachment-kind', 'PHOTO_MARK'), caption: 'Serial number',
})
