import 'reflect-metadata'
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import type { Processes } from '../engine/processes.js'
import { AdministrationResolver } from './administration.resolver.js'
import { NodeResolver } from './node.resolver.js'
import { prepareTypes, processApi } from './process-api.js'
import { CaseResolver, PeopleResolver, ProcessCatalogueResolver, SessionResolver } from './resolvers.js'

/** The typed schema of everything that the definitions say. Forms are validated by the door, which every caller passes. */
export function schemaOf(processes: Processes): GraphQLSchema {
  const definitions = [...processes.current.values()].map(({ definition }) => definition)
  definitions.forEach(prepareTypes)
  const apis = definitions.map(processApi)
  return buildSchemaSync({
    resolvers: [SessionResolver, AdministrationResolver, ProcessCatalogueResolver, CaseResolver, PeopleResolver, NodeResolver, ...apis.map(({ resolver }) => resolver)] as never,
    orphanedTypes: apis.map(({ caseType }) => caseType),
    validate: false,
    nullableByDefault: false,
  })
}

/** The schema as committed: sorted, so that a new process only adds lines. */
export const printed = (schema: GraphQLSchema): string => `# Printed from the definitions by "npm run schema"; do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`
