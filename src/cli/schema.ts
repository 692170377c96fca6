import { writeFileSync } from 'node:fs'
import { loadProcesses } from '../registry.js'
import { generated } from './generated.js'

for (const [file, text] of generated(await loadProcesses())) {
  writeFileSync(file, text)
  console.log(file)
}
