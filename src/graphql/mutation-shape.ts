import type { AnyProcess } from '../define/index.js'
import { mayBeEmpty } from '../define/index.js'
import { formsOfAction } from '../engine/forms-handed-in.js'
import { bundleName, inputNameOf } from './names.js'

/** How the forms of an act stand in its mutation: none, one form, or a bundle of several. */
export type Shape =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly key: string; readonly optional: boolean }
  | { readonly kind: 'bundle'; readonly keys: readonly { readonly key: string; readonly optional: boolean }[]; readonly optional: boolean }

export function shapeOf(definition: AnyProcess, action: string): Shape {
  const { always, sometimes } = formsOfAction(definition, action)
  const keys = [...always.map((key) => ({ key, optional: mayBeEmpty(definition.forms[key]) })), ...sometimes.map((key) => ({ key, optional: true }))]
  if (keys.length === 0) return { kind: 'none' }
  if (keys.length === 1) return { kind: 'one', ...keys[0]! }
  return { kind: 'bundle', keys, optional: keys.every(({ optional }) => optional) }
}

/** The input type that an act's `form` argument takes; null when it takes none. */
export function formTypeOf(definition: AnyProcess, action: string): string | null {
  const shape = shapeOf(definition, action)
  if (shape.kind === 'none') return null
  return shape.kind === 'one' ? inputNameOf(definition.forms[shape.key]) : bundleName(definition, action)
}
