using System.Globalization;
using System.Text;
using System.Text.Json;
using OutlookCrm.Insights;
using OutlookCrm.LocalHost;

namespace OutlookCrm.Tests.Insights;

public sealed class InsightsCommandTests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"purchases-{Guid.NewGuid():N}.csv");

    public void Dispose() => File.Delete(file);

    [Fact]
    public async Task The_same_purchases_give_the_same_figures_however_the_file_is_written()
    {
        var lines = SimulatedFirm.Lines(new BuyingModel(Dropout.AfterEveryPurchase, 1.2, 10, 0.5, 2), 60, 104, new System.Random(2));
        var plain = string.Join("\n", lines.Select(l => FormattableString.Invariant($"{l.Customer},{l.On:yyyy-MM-dd},{l.Amount}")).Prepend("customer,date,amount"));
        var german = string.Join("\r\n", lines.Reverse().Select(l => string.Create(
            CultureInfo.GetCultureInfo("de-DE"), $"\"{l.On:dd.MM.yyyy}\";x;{l.Amount:N2} €;\"{l.Customer}\"")).Prepend("Date;Ignored;AMOUNT;Customer"));

        var first = await JsonAsync(plain, "--calibrate", "2024-12-31");
        var second = await JsonAsync(german, "--calibrate=2024-12-31");

        Assert.Equal(Without(first, "file"), Without(second, "file"));
        Assert.Equal(
            ["file", "on", "timeUnit", "customers", "repeatPurchases", "models", "forecast", "missingForForecast", "backTest", "concentration",
             "pooledGapDays", "segments", "crossSell", "perCustomer"],
            first.EnumerateObject().Select(property => property.Name));
        Assert.True(first.GetProperty("models").GetProperty("bgNbd").GetProperty("maximumLikelihood").GetProperty("logLikelihood").GetDouble() < 0);
        Assert.True(first.GetProperty("perCustomer")[0].GetProperty("boughtLater").GetInt32() >= 0);
    }

    [Fact]
    public async Task The_report_for_people_names_models_classes_and_customers()
    {
        var lines = SimulatedFirm.Lines(new BuyingModel(Dropout.AfterEveryPurchase, 1.2, 10, 0.5, 2), 30, 60, new System.Random(2));
        await File.WriteAllLinesAsync(file, lines.Select(l => FormattableString.Invariant($"{l.Customer}\t{l.On:yyyyMMdd}\t{l.Amount}")).Prepend("customer\tdate\tamount"));

        var (exit, output, errors) = await RunAsync();

        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("MBG/NBD, with priors: r ", output, StringComparison.Ordinal);
        Assert.Contains("Next 12 months:", output, StringComparison.Ordinal);
        Assert.Contains("(with 30 customers they are rough)", output, StringComparison.Ordinal);
        Assert.Contains("\nc0029 | ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("customer,date,amount\na,2026-01-01,10\nb,2026-02-30,5\n", "line 3: '2026-02-30' is not a date")]
    [InlineData("customer,date,amount\na,2026-01-01,ten\n", "line 2: 'ten' is not an amount")]
    [InlineData("customer,date,amount\na,2026-01-01,1000000000000001\n", "line 2: '1000000000000001' is not an amount")]
    [InlineData("customer,date,amount\n,2026-01-01,1\n", "line 2: The customer is missing")]
    [InlineData("customer,date,amount\na,2026-01-01,5 EUR\nb,2026-01-01,5 USD\n", "line 3: The amount is in USD, others are in EUR")]
    [InlineData("customer,date,amount\na,2026-01-01\n", "line 2: There are 2 fields; the first line names 3")]
    [InlineData("customer,date,amount\na,2026-01-01,1\n\"b,2026-01-01,1\nc,2026-01-01,1\n", "line 3: A quote opens here and never closes")]
    [InlineData("name,when\na,b\n", "There is no column customer and no column date and no column amount; found: name, when")]
    [InlineData("customer,date,amount\n", "only the names of the columns")]
    [InlineData("", "it is empty")]
    [InlineData("PK\u0003\u0004\u0014\0workbook", "This is no text file")]
    public async Task What_is_wrong_is_said_by_line_and_nothing_is_worked_out(string content, string complaint)
    {
        await File.WriteAllTextAsync(file, content);

        var (exit, output, errors) = await RunAsync("--json");

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(complaint, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("iso-8859-1")]
    public async Task Letters_of_other_encodings_are_read_right(string encoding)
    {
        await File.WriteAllTextAsync(file, "customer;date;amount;product\nMüller, Jörg;01/02/2026;1.234;Tür\nMüller, Jörg;31/01/2026;12,5;Tür\n", Encoding.GetEncoding(encoding));

        var (_, output, errors) = await RunAsync("--json");

        Assert.Equal("", errors);
        var customer = JsonDocument.Parse(output).RootElement.GetProperty("perCustomer")[0];
        Assert.Equal("Müller, Jörg", customer.GetProperty("customer").GetString());
        Assert.Equal(1246.5m, customer.GetProperty("revenue").GetDecimal());
        Assert.Equal("2026-02-01", customer.GetProperty("lastOn").GetString());
    }

    [Theory]
    [InlineData("--calibrate", "31.12.2024", 2)]
    [InlineData("--colour", "red", 2)]
    [InlineData("--calibrate", "1999-01-01", 1)]
    public async Task Wrong_options_are_refused(string name, string value, int code)
    {
        await File.WriteAllTextAsync(file, "customer,date,amount\na,2026-01-01,10\n");

        var (exit, output, errors) = await RunAsync(name, value);

        Assert.Equal((code, ""), (exit, output));
        Assert.Contains(value, errors, StringComparison.Ordinal);
    }

    private async Task<JsonElement> JsonAsync(string content, params string[] options)
    {
        await File.WriteAllTextAsync(file, content);
        var (exit, output, errors) = await RunAsync(["--json", .. options]);
        Assert.Equal((0, ""), (exit, errors));
        return JsonDocument.Parse(output).RootElement;
    }

    private static string Without(JsonElement report, string name) =>
        string.Join("\n", report.EnumerateObject().Where(property => property.Name != name).Select(property => property.ToString()));

    private async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] options)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = await InsightsCommand.RunAsync(["--purchases", file, .. options], output, errors, CancellationToken.None);
        return (exit, output.ToString(), errors.ToString());
    }
}
