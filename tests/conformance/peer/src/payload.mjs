// Payloads and groups against their schemas and the rules no schema can state: [M-1], [M-2], [M-9], [M-10].
import { demand, isAscending, longTextIsClean, shortTextIsClean } from './encoding.mjs'
import { ajv, load } from './schemas.mjs'

const FORM = 'payload-schema'
const KEY_GROUP = /^attachment_key[.]([1-9]|1[0-6])$/
const GROUP = /^(persons|chain_parties|place|narrative|officer|free_text)$/
const LONG_TEXT = /^(narrative[/](summary|circumstances)|free_text[/][0-9]+[/]text)$/ // [E-10]
const payloads = load('payload.schema.json')
const groupsSchema = load('groups.schema.json')
const types = load('codes.json').messages
ajv.addSchema({ ...payloads, $id: 'payload' })
const fitsGroups = ajv.compile(groupsSchema)
const fitsType = new Map()
for (const [name, { properties }] of Object.entries(payloads.$defs)) {
  const type = properties.type?.enum?.[0]
  if (type in types) fitsType.set(type, () => ajv.getSchema(`payload#/$defs/${name}`))
}

export const opens = (type) => types[type].opens
/** [M-6] `role` is opener or other. */
export const mayBeSentBy = (type, role) => types[type].sent_by.includes(role)

/** up to the parties. `payload` is what was signed, `clear` the same without `_sd` and `_sd_alg`. */
export function checkPayload({ payload, clear, groups }) {
  const { type, v } = payload
  demand(typeof type === 'string' && fitsType.has(type), 'type-unknown') // [M-2]
  demand(v === 1, 'version-unknown') // [M-2]
  checkGroupNames(type, groups)
  demand(isClean(clear, '') && isClean(groups, ''), 'json-strict', 'characters') // [E-10]
  const fits = fitsType.get(type)()
  demand(fits(payload), FORM, ajv.errorsText(fits.errors))
  demand(fitsGroups(groups), FORM, ajv.errorsText(fitsGroups.errors))
  checkFollows(clear.follows)
  checkAttachments(clear.attachments ?? [], groups)
}

/** [M-10] Only groups that the type has. */
function checkGroupNames(type, groups) {
  const allowed = groupsSchema['x-groups-of-type'][type]
  const listed = (name) => (KEY_GROUP.test(name) ? allowed.includes('attachment_keys') : GROUP.test(name) && allowed.includes(name))
  demand(Object.keys(groups).every(listed), FORM, 'group of another type')
}

/** 5.1: sorted ascending, different. */
const checkFollows = (follows = []) => demand(isAscending(follows), FORM, 'follows')

/** [M-1] Numbered 1, 2, 3 in order; no key of a file that is not described. */
function checkAttachments(attachments, groups) {
  demand(attachments.every((one, i) => one.n === i + 1), FORM, 'attachment numbers')
  const numbers = Object.keys(groups).filter((name) => name.startsWith('attachment_key.')).map((name) => Number(name.slice(15)))
  demand(numbers.every((n) => n <= attachments.length), FORM, 'attachment key')
}

function isClean(value, path) {
  if (typeof value === 'string') return LONG_TEXT.test(path) ? longTextIsClean(value) : shortTextIsClean(value)
  if (value === null || typeof value !== 'object') return true
  return Object.entries(value).every(([name, inner]) => isClean(inner, path ? `${path}/${name}` : name))
}
