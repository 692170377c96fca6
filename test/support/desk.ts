import { randomUUID } from 'node:crypto'
import { type Ask, dataOf, type GraphQLFault, type HttpAnswer, type HttpHouse } from './http.js'

type Extensions = GraphQLFault['extensions']
type Arguments = Readonly<Record<string, unknown>>
/** A form as an argument: its input type and what is filled in. */
interface Paper {
  readonly type: string
  readonly values: object
}
/** Somebody who works with the API as a front end does. */
export interface Desk {
  readonly ask: Ask
  in(language: 'zh-CN' | 'en'): Desk
  /** What the query asks for. Throws when the answer has errors. */
  read(query: string, variables?: Arguments): Promise<any>
  /** One mutation, by default with a key of its own. Output: the fields asked for. Throws when it is refused. */
  run(mutation: string, given: Arguments, fields?: string, form?: Paper): Promise<any>
  /** The extensions of its refusal. Throws when it is done. */
  refused(mutation: string, given: Arguments, form?: Paper): Promise<Extensions>
  send(mutation: string, given: Arguments, fields?: string, form?: Paper): Promise<HttpAnswer>
}

/** An enum value among the arguments: everything else is written as it stands in JSON. */
class Word {
  constructor(readonly text: string) {}
}
export const word = (text: string) => new Word(text)
function literal(value: unknown): string {
  if (value instanceof Word) return value.text
  return Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : JSON.stringify(value)
}
const keyless = ['claimTask', 'releaseTask']

export const deskOf = async (http: HttpHouse, login: string): Promise<Desk> => desk(await http.as(login), {})

function desk(ask: Ask, headers: Readonly<Record<string, string>>): Desk {
  const send: Desk['send'] = (mutation, given, fields = 'id', form) => {
    const all = { ...(!keyless.includes(mutation) && { idempotencyKey: randomUUID() }), ...given }
    const passed = [
      ...Object.entries(all)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}: ${literal(value)}`),
      ...(form ? ['form: $form'] : []),
    ]
    return ask(`mutation ${form ? `($form: ${form.type})` : ''} { ${mutation}(${passed.join(', ')}) { ${fields} } }`, form && { form: form.values }, headers)
  }
  return {
    ask,
    in: (language) => desk(ask, { 'accept-language': language }),
    read: async (query, variables) => dataOf(await ask(query, variables, headers)),
    send,
    run: async (mutation, given, fields, form) => dataOf(await send(mutation, given, fields, form))[mutation],
    async refused(mutation, given, form) {
      const { json, text } = await send(mutation, given, '__typename', form)
      const fault = json?.errors?.[0]
      if (!fault) throw new Error(`${mutation} was not refused: ${text}`)
      return fault.extensions
    },
  }
}
