namespace OutlookCrm.Deploy;

/// <summary>What the command asks the person; an answer given as an argument is not asked for.</summary>
internal sealed class Questions(TextReader input, TextWriter output, Arguments given)
{
    public async Task<string> AskAsync(string name, string question, string? usual, Func<string, string?> complaint)
    {
        if (given.Value(name) is { } argument)
        {
            return complaint(argument) is { } wrong ? throw new DeployException($"--{name}: {wrong}") : argument;
        }

        while (true)
        {
            await output.WriteAsync(usual is null ? $"{question} " : $"{question} [{usual}] ");
            var answer = await input.ReadLineAsync() ?? throw new DeployException($"--{name} is needed: nobody is there to be asked.");
            answer = answer.Trim().Length == 0 && usual is not null ? usual : answer.Trim();
            if (complaint(answer) is not { } wrong)
            {
                return answer;
            }

            await output.WriteLineAsync(wrong);
        }
    }

    public async Task<bool> YesAsync(string name, string question, bool usual) =>
        await AskAsync(name, question, usual ? "yes" : "no", answer => answer.ToUpperInvariant() is "YES" or "Y" or "NO" or "N" ? null : "Answer yes or no.")
            is { } text && text.StartsWith("y", StringComparison.OrdinalIgnoreCase);
}
