import type { Service } from '../../operation.ts';
import { applyDeleteRolePolicy, applyPutRolePolicy, changeOperations } from './change.ts';
import { readOperations } from './read.ts';
import { simulateOperations } from './simulate.ts';

const ELSEWHERE: readonly string[] = `
  AcceptDelegationRequest AcquireRole AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile
  AddUserToGroup AssociateDelegationRequest AttachGroupPolicy AttachRolePolicy AttachUserPolicy
  ChangePassword CreateAccessKey CreateAccountAlias CreateDelegationRequest CreateGroup
  CreateInstanceProfile CreateLoginProfile CreateOpenIDConnectProvider CreatePolicy
  CreatePolicyVersion CreateRole CreateSAMLProvider CreateServiceLinkedRole
  CreateServiceSpecificCredential CreateUser CreateVirtualMFADevice DeactivateMFADevice
  DeleteAccessKey DeleteAccountAlias DeleteAccountPasswordPolicy DeleteGroup DeleteGroupPolicy
  DeleteInstanceProfile DeleteLoginProfile DeleteOpenIDConnectProvider DeletePolicy
  DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary DeleteSAMLProvider DeleteSSHPublicKey
  DeleteServerCertificate DeleteServiceLinkedRole DeleteServiceSpecificCredential
  DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy
  DeleteVirtualMFADevice DetachGroupPolicy DetachRolePolicy DetachUserPolicy
  DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions
  DisableOutboundWebIdentityFederation EnableMFADevice EnableOrganizationsRootCredentialsManagement
  EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation GenerateCredentialReport
  GenerateOrganizationsAccessReport GenerateServiceLastAccessedDetails GetAccessKeyLastUsed
  GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountProperties GetAccountSummary
  GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy GetCredentialReport
  GetDelegationRequest GetGroup GetGroupPolicy GetHumanReadableSummary GetInstanceProfile
  GetLoginProfile GetMFADevice GetOpenIDConnectProvider GetOrganizationsAccessReport
  GetOutboundWebIdentityFederationInfo GetRoleTemplateVersion GetSAMLProvider GetSSHPublicKey
  GetServerCertificate GetServiceLastAccessedDetails GetServiceLastAccessedDetailsWithEntities
  GetServiceLinkedRoleDeletionStatus ListAccessKeys ListAccountAliases ListAttachedGroupPolicies
  ListAttachedUserPolicies ListDelegationRequests ListEntitiesForPolicy ListGroupPolicies ListGroups
  ListGroupsForUser ListInstanceProfileTags ListInstanceProfiles ListInstanceProfilesForRole
  ListMFADeviceTags ListMFADevices ListOpenIDConnectProviderTags ListOpenIDConnectProviders
  ListOrganizationsFeatures ListPoliciesGrantingServiceAccess ListPolicyTags ListPolicyVersions
  ListRoleTags ListSAMLProviderTags ListSAMLProviders ListSSHPublicKeys ListServerCertificateTags
  ListServerCertificates ListServiceSpecificCredentials ListSigningCertificates ListUserTags
  ListVirtualMFADevices PutAccountProperties PutGroupPolicy PutRolePermissionsBoundary
  PutUserPermissionsBoundary PutUserPolicy RejectDelegationRequest
  RemoveClientIDFromOpenIDConnectProvider RemoveRoleFromInstanceProfile RemoveUserFromGroup
  ResetServiceSpecificCredential ResyncMFADevice SendDelegationToken SetDefaultPolicyVersion
  SetSecurityTokenServicePreferences TagInstanceProfile TagMFADevice TagOpenIDConnectProvider
  TagPolicy TagRole TagSAMLProvider TagServerCertificate TagUser UntagInstanceProfile UntagMFADevice
  UntagOpenIDConnectProvider UntagPolicy UntagRole UntagSAMLProvider UntagServerCertificate UntagUser
  UpdateAccessKey UpdateAccountPasswordPolicy UpdateAssumeRolePolicy UpdateDelegationRequest
  UpdateGroup UpdateLoginProfile UpdateOpenIDConnectProviderThumbprint UpdateRole
  UpdateRoleDescription UpdateSAMLProvider UpdateSSHPublicKey UpdateServerCertificate
  UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser UploadSSHPublicKey
  UploadServerCertificate UploadSigningCertificate
`
  .trim()
  .split(/\s+/);

/** IAM of one account: what is there can be read and asked about; of changes, a role's inline policies alone. */
export const iam: Service = {
  operations: { ...readOperations, ...changeOperations, ...simulateOperations },
  entries: { 'iam:PutRolePolicy': applyPutRolePolicy, 'iam:DeleteRolePolicy': applyDeleteRolePolicy },
  elsewhere: ELSEWHERE,
};
