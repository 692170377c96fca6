import { Field, ID, InterfaceType } from 'type-graphql'

@InterfaceType('Node', { description: '任一有编号的对象 / Anything that has an id; ids are unique over all kinds' })
export abstract class NodeType {
  @Field(() => ID) readonly id!: string
}
