import { inLanguage, type Label, type Language } from '../define/index.js'
import { shown } from './times-of-day.js'
import type { Topic } from './words.js'

const topics: Readonly<Record<Topic, Label>> = {
  TASK: ['待您办理', 'Waiting for you'],
  ASKED: ['请您答复', 'You are asked'],
  GIVEN: ['转交给您', 'Given to you'],
  REMINDED: ['催办', 'Reminder'],
  OVERDUE: ['时限提醒', 'Time is running out'],
  RAISED: ['已升级', 'Raised'],
  UNASSIGNABLE: ['无人可办', 'Nobody may do it'],
  ANSWERED: ['已答复', 'Answered'],
  RETURNED: ['已退回', 'Returned'],
  WITHDRAWN: ['已撤回，无需办理', 'Taken back, nothing to do'],
  ENDED: ['已结束', 'Ended'],
  COPIED: ['抄送给您', 'Copied to you'],
  HEARD: ['知会', 'For your information'],
}
const words = {
  house: ['会签', 'Countersign'],
  process: ['流程', 'Process'],
  number: ['编号', 'Number'],
  act: ['操作', 'Act'],
  state: ['状态', 'State'],
  due: ['时限', 'Due'],
  system: ['系统', 'The system'],
  summary: ['今日汇总', 'Summary of the day'],
} as const satisfies Record<string, Label>

/** What is said of one act: labels of the definition, the number of the case, who acted. Nothing of any form, no customer. */
export interface Saying {
  readonly topic: Topic
  readonly process: Label
  readonly number: string
  /** Absent for work that has no name in the process. */
  readonly action: Label | null
  /** The employee's name; null: the system. */
  readonly actor: string | null
  readonly state: Label | null
  readonly dueAt: Date | null
}
export interface Said {
  readonly subject: string
  readonly text: string
  /** The same in one line, for a summary. */
  readonly line: string
}

/** The message in one language; times as the clock of `zone` shows them. */
export function say({ topic, process, number, action, actor, state, dueAt }: Saying, language: Language, zone: string): Said {
  const read = (label: Label) => inLanguage(label, language)
  const line = `${read(topics[topic])}${colonIn(language)}${read(process)} ${number}`
  const due = dueAt && `${shown(dueAt, zone)} (${zone})`
  const lines: readonly (readonly [Label, string | null])[] = [
    [words.process, read(process)],
    [words.number, number],
    [words.act, action && `${actor ?? read(words.system)} · ${read(action)}`],
    [words.state, state && read(state)],
    [words.due, due],
  ]
  return {
    subject: `[${read(words.house)}] ${line}`,
    text: [read(topics[topic]), ...lines.flatMap(([label, value]) => (value ? [`${read(label)}${colonIn(language)}${value}`] : []))].join('\n'),
    line: due ? `${line} · ${read(words.due)} ${due}` : line,
  }
}

/** Tasks that somebody who left or lost a role leaves to nobody: one message for all cases of the processes that its reader owns. */
export function sayLeft(numbers: readonly string[], language: Language): Said {
  const line = `${inLanguage(topics.UNASSIGNABLE, language)}${colonIn(language)}${count(numbers.length, language)}`
  const text = [line, ...numbers.slice(0, linesMax), ...more(numbers.length, language)].join('\n')
  return { subject: `[${inLanguage(words.house, language)}] ${line}`, text, line }
}

/** A day's messages as one. `total`: how many there are, of which `lines` are the first in order. */
export function saySummary(lines: readonly { readonly line: string; readonly link: string | null }[], total: number, language: Language): Omit<Said, 'line'> {
  return {
    subject: `[${inLanguage(words.house, language)}] ${inLanguage(words.summary, language)}${colonIn(language)}${count(total, language)}`,
    text: [...lines.map(({ line, link }) => (link ? `${line}\n${link}` : line)), ...more(total, language)].join('\n'),
  }
}

/** No message lists more than this; it says how many there are besides. */
export const linesMax = 50
const more = (total: number, language: Language): string[] =>
  total > linesMax ? [inLanguage([`另有 ${total - linesMax} 项`, `and ${total - linesMax} more`], language)] : []
const count = (total: number, language: Language): string => inLanguage([`${total} 项`, total === 1 ? '1 item' : `${total} items`], language)
const colonIn = (language: Language): string => inLanguage(['：', ': '], language)
