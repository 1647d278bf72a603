// The peer, driven by lines on standard input; one JSON line on standard output for each.
//   node run.mjs FOLDER [AUTHORITY]     FOLDER keeps keys, log and messages
// Lines: entry FILE | admit FILE | ping | request | photo | collect | enquire THREAD | forget SIZE | hostile | quit
import './src/webcrypto.mjs'
import { createInterface } from 'node:readline'
import { Refused } from './src/encoding.mjs'
import { Peer } from './src/peer.mjs'
import { Store } from './src/store.mjs'

const COMMANDS = { entry: 1, admit: 1, ping: 0, request: 0, photo: 0, collect: 0, enquire: 1, forget: 1, hostile: 0 }

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

async function obey(peer, line) {
  const [command, ...rest] = line.trim().split(' ')
  if (!Object.hasOwn(COMMANDS, command)) return { error: 'unknown command' }
  const argument = rest.join(' ')
  if ((COMMANDS[command] === 1) !== (argument !== '')) return { error: 'wrong number of arguments' }
  try {
    return await peer[command](...(argument ? [argument] : []))
  } catch (error) {
    if (!(error instanceof Refused)) {
      peer.store.rollback()
      return { error: error.message }
    }
    peer.store.commit() // what was learned of the peer's log stays, a fork above all [L-21]
    return { error: error.code, ...(error.message === error.code ? {} : { detail: error.message }) }
  }
}

const [, , folder, authority = 'XZ-NPOC'] = process.argv
try {
  const peer = new Peer(new Store(folder), authority)
  await peer.start()
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === 'quit') break
    if (line.trim() !== '') say(await obey(peer, line))
  }
} catch (error) {
  say({ error: error.message })
  process.exitCode = 1
}
process.stdin.destroy()
