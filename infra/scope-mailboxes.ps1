<#
.SYNOPSIS
  Lets Outlook CRM into the mailboxes of one group, and no others: role-based access control for applications in Exchange Online.
.DESCRIPTION
  For an Exchange administrator, in PowerShell 7. May be run again at any time: what is there already stays. Changes hold after half an hour to two hours.
  Grants add up: what is granted here must not be granted in Entra as well. `dotnet crm.cs deploy --mailboxes GROUP` sees to that.
.PARAMETER Group
  Address of a mail-enabled security group whose members' mailboxes may be read.
.PARAMETER PrincipalId
  Object id of the app's own identity, as `dotnet crm.cs deploy` prints it.
.PARAMETER Digest
  Also lets it put a morning digest into the Drafts of these mailboxes (Mail.ReadWrite). Without it, that is taken back.
.PARAMETER Check
  Address of a mailbox to try it on at the end.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Group,
    [Parameter(Mandatory)] [guid] $PrincipalId,
    [switch] $Digest,
    [string] $Check
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

if (-not (Get-Module -ListAvailable ExchangeOnlineManagement)) {
    Install-Module ExchangeOnlineManagement -Scope CurrentUser
}
Import-Module ExchangeOnlineManagement
if (-not (Get-ConnectionInformation)) {
    Connect-ExchangeOnline -ShowBanner:$false
}

# Exchange knows an identity by its client id too, which the directory tells.
$clientId = az ad sp show --id $PrincipalId --query appId --output tsv
if (-not $clientId) {
    throw "The directory has no identity $PrincipalId. Was it removed, or is az signed in elsewhere?"
}

if (-not (Get-ServicePrincipal | Where-Object ObjectId -EQ $PrincipalId)) {
    New-ServicePrincipal -AppId $clientId -ObjectId $PrincipalId -DisplayName 'Outlook CRM' | Out-Null
}

$members = (Get-DistributionGroup -Identity $Group).DistinguishedName
$filter = "MemberOfGroup -eq '$($members -replace "'", "''")'"
$scope = Get-ManagementScope | Where-Object Name -EQ 'Outlook CRM mailboxes'
if (-not $scope) {
    New-ManagementScope -Name 'Outlook CRM mailboxes' -RecipientRestrictionFilter $filter | Out-Null
}
elseif ($scope.RecipientFilter -ne $filter) {
    Set-ManagementScope -Identity 'Outlook CRM mailboxes' -RecipientRestrictionFilter $filter
}

$permissions = if ($Digest) { 'Calendars.ReadWrite', 'Mail.Read', 'Mail.ReadWrite' } else { 'Calendars.ReadWrite', 'Mail.Read' }
foreach ($permission in $permissions) {
    $name = "Outlook CRM $permission"
    if (-not (Get-ManagementRoleAssignment | Where-Object Name -EQ $name)) {
        New-ManagementRoleAssignment -Name $name -App $PrincipalId -Role "Application $permission" -CustomResourceScope 'Outlook CRM mailboxes' | Out-Null
    }
}

if (-not $Digest) {
    Get-ManagementRoleAssignment | Where-Object Name -EQ 'Outlook CRM Mail.ReadWrite' | Remove-ManagementRoleAssignment -Confirm:$false
}

Write-Output "Outlook CRM may open the mailboxes of $Group, and no others."
if ($Check) {
    Test-ServicePrincipalAuthorization -Identity $PrincipalId -Resource $Check | Format-Table RoleName, AllowedResourceScope, InScope
}
