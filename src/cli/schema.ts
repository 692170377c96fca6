import { writeFileSync } from 'node:fs'
import { generated } from './generated.js'
import { loadProcesses } from '../registry.js'

for (const [file, text] of generated(await loadProcesses())) {
  writeFileSync(file, text)
  console.log(file)
}
