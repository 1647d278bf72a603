// Node.js 18 keeps Web Crypto out of the global scope, where the libraries look for it: import this first.
import { webcrypto } from 'node:crypto'

globalThis.crypto ??= webcrypto
