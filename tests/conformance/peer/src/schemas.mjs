// The published schemas, which are all that is read of the project: ../../../../schemas.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Ajv from 'ajv/dist/2020.js'

const folder = new URL('../../../../schemas/', import.meta.url)

export const load = (name) => JSON.parse(readFileSync(fileURLToPath(new URL(name, folder)), 'utf8'))
export const ajv = new Ajv({ strict: false })
