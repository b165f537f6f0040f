/** True if a statement inserted, updated or deleted a row. */
export const isChanged = ({ rowCount }: { rowCount: number | null }): boolean => (rowCount ?? 0) > 0;
