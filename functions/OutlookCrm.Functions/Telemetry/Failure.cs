using System.Globalization;
using System.Text;
using Azure;
using Microsoft.Data.Sqlite;
using OutlookCrm.Graph;

namespace OutlookCrm.Telemetry;

/// <summary>What a log may hold of an exception.</summary>
public static class Failure
{
    /// <summary>
    /// Types, outermost first, codes and where it happened; never its words: they may hold what a person wrote. The compiler refuses to log an
    /// exception as it is.
    /// </summary>
    public static string WithoutWords(Exception e)
    {
        var types = TypesOf(e);
        return e.StackTrace is { } where ? types + Environment.NewLine + where : types;
    }

    /// <summary>Types, outermost first, and codes, in one line.</summary>
    public static string TypesOf(Exception e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var told = new StringBuilder();
        for (var one = e; one is not null; one = one.InnerException)
        {
            told.Append(told.Length == 0 ? "" : " < ").Append(one.GetType().FullName).Append(CodeOf(one));
        }

        return told.ToString();
    }

    private static string CodeOf(Exception e) => e switch
    {
        RequestFailedException azure => string.Create(CultureInfo.InvariantCulture, $" {azure.Status} {azure.ErrorCode}"),
        GraphException graph => string.Create(CultureInfo.InvariantCulture, $" {graph.Status} {graph.Code}"),
        SqliteException sqlite => string.Create(CultureInfo.InvariantCulture, $" {sqlite.SqliteErrorCode}"),
        HttpRequestException http => string.Create(CultureInfo.InvariantCulture, $" {(http.StatusCode is { } status ? (int)status : http.HttpRequestError)}"),
        _ => "",
    };
}
