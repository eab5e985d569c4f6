// Everything in Azure that one deployment of Outlook CRM needs, in one resource group. Names follow from the subscription and from the
// name of the resource group, so that the same command changes the same things. No secret is in here, nor comes out of it.
targetScope = 'subscription'

@description('The resource group; also the name under which everything appears.')
@minLength(1)
@maxLength(40)
param name string

@description('The Azure region, such as westeurope.')
param location string

@description('Eight characters that make names unique in the world: dotnet crm.cs deploy works them out.')
@minLength(8)
@maxLength(8)
param suffix string

@description('Client id of the app registration.')
param clientId string

@description('The firms served here: ids of Entra tenants.')
@minLength(1)
param tenantIds string[]

@description('Whether one instance for the pane is always ready. Without, the first card after a quiet time takes seconds; with, it costs some 5 USD a month.')
param alwaysReady bool

@description('Who gets alerts and the budget\'s warnings.')
param alertEmail string

@description('What a month may cost in the currency of the subscription before somebody is told. Nothing is switched off.')
@minValue(1)
param monthlyBudget int

@description('First day of the month in which the budget was made; Azure wants it unchanged.')
param budgetStart string

@description('Hash of the program that was published last, empty before the first time: kept, not judged here.')
param publishedPackage string

var tags = union({ product: 'outlook-crm', 'outlook-crm-since': budgetStart }, empty(publishedPackage) ? {} : { 'outlook-crm-package': publishedPackage })

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: name
  location: location
  tags: tags
}

module storage 'storage.bicep' = {
  name: 'outlook-crm-storage'
  scope: group
  params: {
    accountName: 'crm${suffix}'
    location: location
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'outlook-crm-monitoring'
  scope: group
  params: {
    name: name
    location: location
    alertEmail: alertEmail
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
  }
}

module functions 'functions.bicep' = {
  name: 'outlook-crm-functions'
  scope: group
  params: {
    appName: 'outlook-crm-${suffix}'
    location: location
    clientId: clientId
    tenantIds: tenantIds
    alwaysReady: alwaysReady
    storageAccountName: storage.outputs.accountName
    packageContainer: storage.outputs.packageContainer
    insightsConnectionString: monitoring.outputs.connectionString
  }
}

module roles 'roles.bicep' = {
  name: 'outlook-crm-roles'
  scope: group
  params: {
    principalId: functions.outputs.principalId
    storageAccountName: storage.outputs.accountName
    insightsName: monitoring.outputs.insightsName
  }
}

@description('Object id of the app\'s own identity, to which permissions in Microsoft 365 are given.')
output principalId string = functions.outputs.principalId
output functionApp string = functions.outputs.appName
output hostName string = functions.outputs.hostName
output storageAccount string = storage.outputs.accountName
