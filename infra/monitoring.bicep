// What tells that something is wrong, and what it costs. Telemetry holds ids and counts: host.json keeps addresses of requests out of it.
param name string
param location string
param alertEmail string
param monthlyBudget int
param budgetStart string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    // 150 MB a day stay below the 5 GB a month that are free, whatever goes wrong.
    workspaceCapping: { dailyQuotaGb: json('0.15') }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    RetentionInDays: 30
    // Addresses of machines are not kept; telemetry is taken from the app's own identity only.
    DisableIpMasking: false
    DisableLocalAuth: true
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  properties: {
    enabled: true
    groupShortName: 'Outlook CRM'
    emailReceivers: [{ name: 'owner', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

// One rule for all troubles, as each rule costs. Which trouble it is stands in the alert, as the dimension Trouble.
var troubles = '''
union
  (traces | where message has "not read since" | extend Trouble = "capture is late"),
  (traces | where message has "MaxDequeueCount" | extend Trouble = "work went to a poison queue"),
  (traces | where message has "Graph makes no subscription" | extend Trouble = "Graph does not tell of new mail"),
  (requests | summarize Failed = countif(success == false), All = count() by bin(timestamp, 15m)
    | where All >= 20 and Failed * 20 > All | extend Trouble = "more than 5 % of what was asked for failed")
| project timestamp, Trouble
'''

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-troubles'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Outlook CRM needs somebody'
    description: 'What to do for each trouble stands in docs/deploy.md, section "When an alert comes".'
    severity: 2
    enabled: true
    scopes: [insights.id]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    criteria: {
      allOf: [
        {
          query: troubles
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'Trouble', operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [people.id] }
  }
}

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      expected: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Forecasted', contactEmails: [alertEmail] }
      actual: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Actual', contactEmails: [alertEmail] }
    }
  }
}

output insightsName string = insights.name
output connectionString string = insights.properties.ConnectionString
