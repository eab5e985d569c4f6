using OutlookCrm.Benchmarks;

switch (args)
{
    case ["floor", var file, var contentType]:
        return await Floor.ServeAsync(file, contentType);
    case ["bench"]:
        await CardSuite.RunAsync(WorkFolder.Open());
        await PaneSuite.RunAsync(WorkFolder.Open());
        return 0;
    case ["bench", "card"]:
        await CardSuite.RunAsync(WorkFolder.Open());
        return 0;
    case ["bench", "pane"]:
        await PaneSuite.RunAsync(WorkFolder.Open());
        return 0;
    case ["serve", .. var options]:
        return await Serve.RunAsync(options);
    default:
        Console.Error.WriteLine("bench [card|pane], or serve --data FILE --port N --token-file F");
        return 2;
}
