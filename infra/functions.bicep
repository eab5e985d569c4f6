// The program: Flex Consumption, .NET 10 isolated. Signs in everywhere as itself; what it may do where is in roles.bicep.
param appName string
param location string
param clientId string
param tenantIds string[]
param alwaysReady bool
param storageAccountName string
param packageContainer string
param insightsConnectionString string

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: appName
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: appName
  location: location
  kind: 'functionapp,linux'
  identity: { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: { type: 'SystemAssignedIdentity' }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        // The smallest: the program needs some 200 MB, and time is paid by the size.
        instanceMemoryMB: 512
        // The least that Azure takes; a firm needs two or three.
        maximumInstanceCount: 40
        alwaysReady: alwaysReady ? [{ name: 'http', instanceCount: 1 }] : []
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      // The pane is served from here too: nobody else's page has business with the API.
      cors: { allowedOrigins: [] }
      appSettings: [
        { name: 'AzureWebJobsStorage__accountName', value: storage.name }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insightsConnectionString }
        { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'Authorization=AAD' }
        { name: 'Storage__Kind', value: 'azure' }
        { name: 'Storage__TableUri', value: storage.properties.primaryEndpoints.table }
        { name: 'Storage__QueueUri', value: storage.properties.primaryEndpoints.queue }
        { name: 'Identity__ClientId', value: clientId }
        { name: 'Identity__AllowedTenants', value: join(tenantIds, ',') }
        { name: 'Graph__Credential', value: 'managedIdentity' }
        { name: 'Capture__NotificationUrl', value: 'https://${appName}.azurewebsites.net/api/graph/notifications' }
        { name: 'Cost__ResourceGroup', value: resourceGroup().id }
        // Graph tells of new mail here, and every 15 minutes all mailboxes are looked at anyway.
        { name: 'AzureWebJobs_PollMailboxes_Disabled', value: '1' }
      ]
    }
  }
}

// Publishing by name and password is off: az publishes as whoever is signed in.
resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

output appName string = app.name
output hostName string = app.properties.defaultHostName
output principalId string = app.identity.principalId
