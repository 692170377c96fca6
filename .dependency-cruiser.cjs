/** The floors of the house (README): imports point downward only. Checked on the compiled files. */
const floor = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: `^dist/${from}/` }, to: { path: `^dist/(${to})` } })
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: { pathNot: '^dist/src/graphql' }, to: { circular: true } },
    floor('workflows-are-pure', 'workflows', 'src/(?!define)', 'a definition knows the vocabulary and nothing else'),
    { name: 'workflows-no-io', severity: 'error', from: { path: '^dist/workflows/' }, to: { dependencyTypes: ['core', 'npm'] } },
    floor('define-is-the-ground', 'src/define', 'src/(?!define)|workflows', 'the vocabulary stands on nothing of ours'),
    floor('engine-knows-define', 'src/engine', 'src/(?!define|engine)|workflows', 'no GraphQL, no SQL, no clock in the engine'),
    floor('audit-below-persistence', 'src/audit', 'src/(graphql|http|jobs|persistence|organisation|cli|server|registry)', 'the chain is pure'),
    floor('persistence-below-the-face', 'src/persistence', 'src/(graphql|http|jobs|organisation|cli|server|registry)', 'the store knows no caller'),
    floor('organisation-below-the-face', 'src/organisation', 'src/(graphql|http|jobs|cli|server|registry)', 'people know no caller'),
    floor('replay-below-the-face', 'src/replay', 'src/(graphql|http|cli|server)', 'a recorded history enters by the door'),
    floor('jobs-below-the-face', 'src/jobs', 'src/(graphql|http|cli|server|registry)', 'what happens by itself knows no caller'),
    floor('graphql-below-http', 'src/graphql', 'src/(http|cli|server|registry)', 'the schema knows no transport'),
    { name: 'nobody-imports-the-server', severity: 'error', from: { pathNot: '^dist/(src/cli|test)/' }, to: { path: '^dist/src/server' } },
    { name: 'environment-only-in-config', severity: 'error', from: { path: '^dist/src/(define|engine|graphql|audit)/' }, to: { path: '^dist/src/config', pathNot: '^$' } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: false, moduleSystems: ['es6'] },
}
