/** A table of a workload: an identifier of letters, digits and underscores, apart from those of other workloads. */
export function tableName(keyspace: string, name: string): string {
  return `${keyspace}_${name}`.replace(/[^A-Za-z0-9]+/g, '_').toLowerCase();
}
