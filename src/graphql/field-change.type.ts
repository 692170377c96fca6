import { Ctx, Field, ObjectType } from 'type-graphql'
import type { FormClass } from '../define/index.js'
import { changesIn, type FieldChange } from '../engine/content.js'
import type { FormVersion } from '../persistence/form-versions.js'
import { type RequestContext, read } from './context.js'

@ObjectType('FieldChange', { description: '一项差异 / One field that is not what it was' })
export class FieldChangeType {
  constructor(readonly change: FieldChange) {}
  @Field(() => String, { description: '字段；明细行按位置，如 budget[0].amount / The field; a row by its place, as budget[0].amount' }) get path(): string {
    return this.change.path
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    return read(context, this.change.label)
  }
  @Field(() => String, { nullable: true, description: '原值（按存储），空表示没有 / The value as it was stored; null: there was none' })
  get before(): string | null {
    return this.change.before
  }
  @Field(() => String, { nullable: true, description: '新值 / The value as it is stored since' }) get after(): string | null {
    return this.change.after
  }
}

/** How one version of a form differs from another. */
export const fieldChanges = (cls: FormClass, before: FormVersion, after: FormVersion): FieldChangeType[] =>
  changesIn(cls, before.values, after.values).map((change) => new FieldChangeType(change))
