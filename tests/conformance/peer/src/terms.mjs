// Terms: PROTOCOL.md chapter 19. Their form is in entry.schema.json.
import { digestOf, isAscending } from './encoding.mjs'
import { canonicalBytes } from './json.mjs'
import { load } from './schemas.mjs'

const LEVELS = Object.keys(load('codes.json').lists['urgency-level'].values)

/** [F-4] What the schema does not say. */
export function areSound({ targets, weekend, non_working: days, offsets, office }) {
  const levels = targets.map((one) => one.urgency)
  return new Set(levels).size === levels.length && LEVELS.every((level) => levels.includes(level))
    && isAscending(weekend) && isAscending(days) && isAscending(offsets.map((one) => one.start))
    && office.opens < office.closes
}

/** [F-4] */
export const termsDigest = (terms) => digestOf(canonicalBytes(terms))

/** Modest terms of our own. */
export function ownTerms(authority) {
  const level = (urgency, acknowledge, first, escalate) => ({
    urgency,
    acknowledge: { n: acknowledge, unit: 'hour' },
    first_answer: { n: first, unit: 'hour' },
    escalate: { n: escalate, unit: 'hour' },
  })
  const ahead = new Date(Date.now() + 550 * 86400000).toISOString().slice(0, 10) // 18 months
  return {
    v: 1,
    authority,
    targets: [level('FLASH', 1, 8, 2), level('URGENT', 4, 24, 12), level('PRIORITY', 24, 72, 48), level('ROUTINE', 48, 672, 168)],
    remind_after: { n: 14, unit: 'day' },
    lapse_after: { n: 30, unit: 'day' },
    weekend: [6, 7],
    non_working: [],
    covers_until: ahead,
    office: { opens: '08:00', closes: '16:00' },
    offsets: [{ start: '2000-01-01T00:00:00.000Z', minutes: 60 }],
  }
}
