import { type Arrow, arrowsFrom, arrowsOf, listOf, reachableFrom, targetsFrom } from './arrows.js'
import { type Authority, isSeparated, roleOfRule, rulesOf } from './authority.js'
import { settingsNamed } from './deadline.js'
import { commonEvents } from './events.js'
import { type Entity, rowFieldsOf, specOf } from './fields.js'
import type { Label } from './label.js'
import { type AnyDeadline, type AnyProcess, type AnyStep, deadlinesIn, isCountersign, isFinal } from './process.js'
import { rolesAbove } from './roles.js'

/** What is wrong with a definition, one sentence each; empty when it is sound. */
export function faultsOf(definition: AnyProcess): string[] {
  return [...shapeFaults(definition), ...arrowFaults(definition), ...clockFaults(definition), ...wordFaults(definition), ...labelFaults(definition)].map(
    (fault) => `${definition.id}: ${fault}`,
  )
}

function shapeFaults(definition: AnyProcess): string[] {
  const states = Object.keys(definition.states)
  const reached = reachableFrom(definition, definition.initial)
  const finals = states.filter((state) => isFinal(definition.states[state]!))
  return [
    ...(states.includes(definition.initial) ? [] : [`initial state ${definition.initial} does not exist`]),
    ...states.filter((state) => !reached.has(state)).map((state) => `${state} cannot be reached`),
    ...states.filter((state) => !finals.some((final) => reachableFrom(definition, state).has(final))).map((state) => `${state} cannot reach an end`),
    ...states.flatMap((state) =>
      targetsFrom(definition, state)
        .filter((target) => !states.includes(target))
        .map((target) => `${state} leads to ${target}, which does not exist`),
    ),
    ...(definition.startsWith in definition.forms ? [] : [`starts with the form ${definition.startsWith}, which it does not have`]),
    ...states.filter((state) => !/^[a-z][A-Za-z0-9]*$/.test(state)).map((state) => `state ${state} is not camelCase`),
  ]
}

function arrowFaults(definition: AnyProcess): string[] {
  return arrowsOf(definition).flatMap((arrow) => {
    const at = `${arrow.from} ${arrow.action}`
    const forms = [...listOf(arrow.form), ...listOf(arrow.revises)].filter((key) => !(key in definition.forms))
    return [
      ...(/^[A-Z][A-Z0-9_]*$/.test(arrow.action) ? [] : [`${at}: the event is not UPPER_SNAKE`]),
      ...forms.map((key) => `${at}: asks for the form ${key}, which does not exist`),
      ...authorityFaults(definition, arrow.by).map((fault) => `${at}: ${fault}`),
      ...(isAmbiguous(definition, arrow) ? [`${at}: a branch without a guard stands before another`] : []),
    ]
  })
}
/** An unguarded branch would swallow every branch for the same people behind it. */
function isAmbiguous(definition: AnyProcess, arrow: Arrow): boolean {
  if (arrow.guard || arrow.seat !== undefined || arrow.aim !== undefined) return false
  const branches = arrowsFrom(definition, arrow.from).filter(({ action }) => action === arrow.action)
  const later = branches.slice(branches.findIndex((branch) => branch.target === arrow.target && branch.guard === undefined && branch.by === arrow.by) + 1)
  return later.some((branch) => JSON.stringify(branch.by) === JSON.stringify(arrow.by))
}
function authorityFaults(definition: AnyProcess, authority: Authority): string[] {
  if (rulesOf(authority).length === 0) return ['names nobody who may']
  return rulesOf(authority).flatMap((rule) => {
    if (!isSeparated(rule)) return []
    const strangers = rule.distinctFrom.filter((state) => !(state in definition.states)).map((state) => `distinct from ${state}, which does not exist`)
    const unnamed = rule.notNamedIn.filter((path) => !isField(definition, path, 'Employee')).map((path) => `not named in ${path}, which names no employee`)
    const notOurs = rule.notMemberOf.filter((path) => !isField(definition, path, 'Department')).map((path) => `no member of ${path}, which names no department`)
    const unbound = rule.kind === 'department' && !isField(definition, rule.of, 'Department') ? [`bound to ${rule.of}, which names no department`] : []
    return [...strangers, ...unnamed, ...notOurs, ...unbound]
  })
}
function isField(definition: AnyProcess, path: string, entity: Entity): boolean {
  const [key, name, column] = path.split('.')
  const cls = definition.forms[key ?? '']
  const field = cls && rowFieldsOf(cls).find((one) => one.name === name)
  return column === undefined
    ? field?.entity === entity
    : field?.rows !== undefined && rowFieldsOf(field.rows()).some((one) => one.name === column && one.entity === entity)
}

/** Terms whose figures nobody set, ladders that lead nowhere, and approvals that the clock would give. */
function clockFaults(definition: AnyProcess): string[] {
  const places = ['', ...Object.keys(definition.states)]
  return places.flatMap((place) =>
    Object.entries(deadlinesIn(definition, place)).flatMap(([event, deadline]) =>
      [
        ...figureFaults(definition, deadline),
        ...repetitionFaults(deadline),
        ...ladderFaults(definition, place, deadline),
        ...approvalFaults(definition, place, deadline),
      ].map((fault) => `${place} ${event}: ${fault}`.trim()),
    ),
  )
}
const figureFaults = ({ settings = {} }: AnyProcess, { due }: AnyDeadline): string[] =>
  settingsNamed(due)
    .filter((name) => !(name in settings))
    .map((name) => `its term asks for the setting ${name}, which does not exist`)
/** A term that begins where the last one ended needs a length of its own, and a case that stays. */
function repetitionFaults({ repeats, due, target, ladder }: AnyDeadline): string[] {
  if (!repeats) return []
  const anchored = typeof due === 'function' || 'from' in due || 'before' in due
  return [
    ...(anchored ? ['repeats and counts from a day, so that it would never move on'] : []),
    ...(target === undefined ? [] : [`repeats and leads to ${target}`]),
    ...(ladder ? ['repeats and has a ladder'] : []),
  ]
}
function ladderFaults({ states }: AnyProcess, place: string, { ladder = [] }: AnyDeadline): string[] {
  const steps = (place === '' ? Object.values(states) : [states[place]!]) as AnyStep[]
  const posts = steps.flatMap((step) => (isFinal(step) || isCountersign(step) ? [] : rulesOf(step.assignee).flatMap((rule) => rolesAbove(roleOfRule(rule)))))
  return ladder.flatMap((rung) => [
    ...(rung.at > 0 && rung.at <= 10 ? [] : [`a rung at ${rung.at} of the term`]),
    ...(rung.do === 'WIDEN' && !posts.includes(rung.to) ? [`widens to ${rung.to}, who stands above nobody there`] : []),
  ])
}
/** A control that passes because nobody came is none. */
function approvalFaults({ states }: AnyProcess, place: string, { target, startsRound }: AnyDeadline): string[] {
  if (target === undefined || startsRound) return []
  const end = states[target]
  const refuses = end && isFinal(end) && end.outcome !== 'completed'
  const from = (place === '' ? Object.values(states) : [states[place]!]) as AnyStep[]
  const controls = from.some((step) => isCountersign(step) || (!isFinal(step) && rulesOf(step.assignee).some((rule) => isSeparated(rule) && rule.notApplicant)))
  return controls && !refuses ? [`the clock leads on to ${target}, past an approval`] : []
}

/** What a process says of itself beside its arrows. */
function wordFaults(definition: AnyProcess): string[] {
  const { withdrawal, batch = [], commitments = [], material = [], states, forms } = definition
  const named = [...(withdrawal ? [...withdrawal.from, withdrawal.to] : []), ...commitments.flatMap(({ usedFrom }) => usedFrom)]
  const events = new Set(arrowsOf(definition).map(({ action }) => action))
  return [
    ...[...new Set(named)].filter((state) => !(state in states)).map((state) => `names the state ${state}, which does not exist`),
    ...batch.filter((event) => !events.has(event)).map((event) => `lets ${event} be decided in batches, which does not exist`),
    ...material.filter((key) => !(key in forms)).map((key) => `binds approvals to the form ${key}, which does not exist`),
    ...periodFaults(definition),
    ...(commitments.length > 0 && !definition.amountOf ? ['draws on accounts and does not say how much'] : []),
    ...Object.entries(states).flatMap(([state, step]) => countersignFaults(step as AnyStep).map((fault) => `${state} ${fault}`)),
  ]
}
/** What only the system hands in, and nobody changes. */
function periodFaults(definition: AnyProcess): string[] {
  const { every, startedBy, startsWith, forms } = definition
  if (!every) return []
  const days = rowFieldsOf(forms[startsWith]).flatMap(({ name, kind }) => (kind === 'date' ? [name] : []))
  const handedIn = arrowsOf(definition).some(({ form, revises }) => [...listOf(form), ...listOf(revises)].includes(startsWith))
  return [
    ...(rulesOf(startedBy).every(({ kind }) => kind === 'system') ? [] : ['is opened by the clock and lets others open it too']),
    ...['periodFrom', 'periodTo'].filter((name) => !days.includes(name)).map((name) => `is opened by the clock and its first form has no day ${name}`),
    ...(handedIn ? [`lets people hand in the figures of ${startsWith}`] : []),
  ]
}
function countersignFaults(step: AnyStep): string[] {
  if (!isCountersign(step)) return []
  const seats = Object.keys(step.seats ?? {}).length
  return [
    ...(seats > 0 === (step.voters !== undefined) ? ['has either named seats or drawn voices'] : []),
    ...(step.mode?.kind === 'quorum' && seats > 0 && step.mode.approvals > seats ? ['asks for more approvals than it has seats'] : []),
    ...(step.mode && step.mode.kind !== 'all' && !step.against ? ['counts votes and has no way to reject'] : []),
  ]
}

/** Every word that people read, in Chinese and in English. */
function labelFaults(definition: AnyProcess): string[] {
  const events = new Set(arrowsOf(definition).map(({ action }) => action))
  const words: [string, Label | undefined][] = [
    ['title', definition.title],
    ...[...events].map((event): [string, Label | undefined] => [`event ${event}`, wordsFor(definition, event)]),
    ...Object.entries(definition.after ?? {}).map(([event, { label }]): [string, Label] => [`term ${event}`, label]),
    ...Object.entries(definition.states).flatMap(([name, step]) => wordsOf(name, step as AnyStep)),
    ...Object.entries(definition.forms).flatMap(([key, cls]): [string, Label][] => [
      [`form ${key}`, specOf(cls as never).label],
      ...rowFieldsOf(cls as never).map((field): [string, Label] => [`field ${key}.${field.name}`, field.label]),
    ]),
  ]
  return words.flatMap(([what, label]) =>
    label === undefined ? [`${what} has no label`] : isBilingual(label) ? [] : [`${what} is not labelled in Chinese and English`],
  )
}
const wordsOf = (name: string, step: AnyStep): [string, Label][] => [
  [`state ${name}`, step.label],
  ...(isFinal(step) ? [] : Object.entries(step.after ?? {}).map(([event, { label }]): [string, Label] => [`term ${name}.${event}`, label])),
  ...(isCountersign(step) ? Object.entries(step.seats ?? {}).map(([seat, { label }]): [string, Label] => [`seat ${seat}`, label]) : []),
]
const isBilingual = ([zh, en]: Label): boolean => zh.trim() !== '' && en.trim() !== '' && !/\p{Script=Han}/u.test(en)

/** The words for an event of a process. */
export const labelOfEvent = (definition: AnyProcess, event: string): Label => wordsFor(definition, event) ?? [event, event]
/** An event of the clock is called as its term, unless the process calls it otherwise. */
const wordsFor = (definition: AnyProcess, event: string): Label | undefined =>
  definition.events?.[event] ??
  commonEvents[event] ??
  ['', ...Object.keys(definition.states)].map((place) => deadlinesIn(definition, place)[event]?.label).find((label) => label !== undefined)
