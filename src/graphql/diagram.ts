import { type AnyProcess, type AnyStep, arrowsFrom, inLanguage, isFinal, type Language, labelOfEvent } from '../define/index.js'

/** A process as a Mermaid state diagram, in one language. */
export function diagramOf(definition: AnyProcess, language: Language): string {
  const lines = Object.entries(definition.states).flatMap(([name, step]) => linesOf(definition, name, step as AnyStep, language))
  return ['stateDiagram-v2', `  [*] --> ${definition.initial}`, ...lines].join('\n')
}
function linesOf(definition: AnyProcess, name: string, step: AnyStep, language: Language): string[] {
  const named = `  ${name} : ${inLanguage(step.label, language)}`
  if (isFinal(step)) return [named, `  ${name} --> [*]`]
  const arrows = arrowsFrom(definition, name).map(
    ({ action, target }) => `  ${name} --> ${target ?? name} : ${inLanguage(labelOfEvent(definition, action), language)}`,
  )
  return [named, ...new Set(arrows)]
}
