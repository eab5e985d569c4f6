using OutlookCrm.Deploy;

return args switch
{
    ["manifest", .. var rest] => await ManifestCommand.RunAsync(rest, Console.Out, Console.Error, CancellationToken.None),
    _ => Refuse(),
};

static int Refuse()
{
    Console.Error.WriteLine(ManifestCommand.Usage);
    return 2;
}
