# Runs the script given by -Script with a pretend Exchange Online, once for each of -Runs ("digest" or "plain"), and says after each what the app may do there.
param([string] $Script, [string[]] $Runs)
$scopes = @{}; $assignments = [ordered]@{}
function Get-Module { 'there' }
function Import-Module { }
function Get-ConnectionInformation { 'there' }
function az { '44444444-4444-4444-4444-444444444444' }
function Get-ServicePrincipal { }
function New-ServicePrincipal { }
function Get-DistributionGroup($Identity) { [pscustomobject]@{ DistinguishedName = "CN=$Identity" } }
function Get-ManagementScope { $scopes.Values }
function New-ManagementScope($Name, $RecipientRestrictionFilter) { $scopes[$Name] = [pscustomobject]@{ Name = $Name; RecipientFilter = $RecipientRestrictionFilter } }
function Get-ManagementRoleAssignment { @($assignments.Values) }
function New-ManagementRoleAssignment($Name, $App, $Role, $CustomResourceScope) {
    if ($assignments.Contains($Name)) { throw "There is $Name already." }
    $assignments[$Name] = [pscustomobject]@{ Name = $Name; Role = $Role; Scope = $CustomResourceScope }
}
function Remove-ManagementRoleAssignment {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param([Parameter(ValueFromPipeline)] $Identity)
    process { if ($PSCmdlet.ShouldProcess($Identity.Name)) { $assignments.Remove($Identity.Name) } }
}

foreach ($run in $Runs -split ',') {
    & $Script -Group 'crm@contoso.example' -PrincipalId '55555555-5555-5555-5555-555555555555' -Digest:($run -eq 'digest') | Out-Null
    ($assignments.Values | ForEach-Object { "$($_.Role) in $($_.Scope)" } | Sort-Object) -join '; '
}
