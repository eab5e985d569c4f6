using System.Globalization;
using OutlookCrm.Benchmarks;

switch (args)
{
    case ["floor", var file, var contentType]:
        return await Floor.ServeAsync(file, contentType);
    case ["bench"]:
        await CardSuite.RunAsync(WorkFolder.Open());
        await FollowUpSuite.RunAsync(WorkFolder.Open());
        await PaneSuite.RunAsync(WorkFolder.Open());
        await CaptureSuite.RunAsync();
        await InsightsSuite.RunAsync(WorkFolder.Open());
        return await CostSuite.RunAsync([]);
    case ["bench", "--soak"]:
        return await SoakSuite.RunAsync("60");
    case ["bench", "--soak", var minutes]:
        return await SoakSuite.RunAsync(minutes);
    case ["bench", "followups"]:
        await FollowUpSuite.RunAsync(WorkFolder.Open());
        return 0;
    case ["bench", "card"]:
        await CardSuite.RunAsync(WorkFolder.Open());
        return 0;
    case ["bench", "insights"]:
        await InsightsSuite.RunAsync(WorkFolder.Open());
        return 0;
    case ["bench", "pane"]:
        await PaneSuite.RunAsync(WorkFolder.Open());
        return 0;
    case ["bench", "capture"]:
        await CaptureSuite.RunAsync();
        return 0;
    case ["bench", "cost", .. var into]:
        return await CostSuite.RunAsync(into);
    case ["capture-run", var who, var token, var before, .. var settings]:
        return await CaptureRun.RunAsync(who == "customers", token, int.Parse(before, CultureInfo.InvariantCulture), settings);
    case ["tell", var port, var seconds, .. var requests]:
        return CaptureSuite.Tell(
            int.Parse(port, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), [.. requests.Select(Convert.FromBase64String)]);
    case ["serve", .. var options]:
        return await Serve.RunAsync(options);
    default:
        Console.Error.WriteLine("bench [card|followups|pane|capture|insights|cost], bench --soak [minutes], or serve --data FILE --port N --token-file F");
        return 2;
}
