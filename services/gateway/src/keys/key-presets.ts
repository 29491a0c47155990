import { roleDefinitions } from '@landfall/contracts/roles';
import { scopes as allScopes, type Scope } from '@landfall/contracts/scopes';

/** Sets of scopes to choose from for a new key. */
export const keyPresets: Readonly<
  Record<string, { readonly label: string; readonly scopes: readonly Scope[] }>
> = {
  usage: { label: 'Reports usage', scopes: ['usage:read', 'usage:write'] },
  viewer: { label: 'Reads', scopes: roleDefinitions.viewer.scopes },
  operator: { label: 'Reads and changes', scopes: roleDefinitions.operator.scopes },
  admin: { label: 'Everything', scopes: allScopes },
};
