using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace OutlookCrm.Http;

/// <summary>Query parameters of a function, judged by its <see cref="QueryAttribute"/>s before it runs.</summary>
public static class QueryParameters
{
    /// <summary>Trimmed; null when left out or blank.</summary>
    public static string? QueryText(this HttpRequest request, string name)
    {
        var value = request.Query[name].ToString().Trim();
        return value.Length == 0 ? null : value;
    }

    /// <summary>Null when left out.</summary>
    public static int? QueryNumber(this HttpRequest request, string name) =>
        request.QueryText(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    internal static FieldErrors Check(IQueryCollection query, IReadOnlyList<QueryAttribute> known)
    {
        var errors = new FieldErrors();
        foreach (var (name, values) in query)
        {
            // Matched exactly, though the collection is case-insensitive: one spelling, as in JSON.
            if (Find(known, name) is not { } parameter)
            {
                errors.Add(name.Length <= 40 ? name : name[..40] + "…", "is not a parameter here");
                continue;
            }

            if (values.Count > 1)
            {
                errors.Add(name, "must be given once");
                continue;
            }

            CheckValue(parameter, values.ToString(), errors);
        }

        foreach (var parameter in known)
        {
            if (parameter.Required && string.IsNullOrWhiteSpace(query[parameter.Name].ToString()))
            {
                errors.Add(parameter.Name, "is required");
            }
        }

        return errors;
    }

    private static QueryAttribute? Find(IReadOnlyList<QueryAttribute> known, string name)
    {
        for (var i = 0; i < known.Count; i++)
        {
            if (known[i].Name == name)
            {
                return known[i];
            }
        }

        return null;
    }

    private static void CheckValue(QueryAttribute parameter, string value, FieldErrors errors)
    {
        if (parameter.IsNumber)
        {
            if (!string.IsNullOrWhiteSpace(value)
                && (!int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    || number < parameter.Min || number > parameter.Max))
            {
                errors.Add(parameter.Name, $"must be a whole number from {parameter.Min} to {parameter.Max}");
            }

            return;
        }

        if (value.Length > parameter.MaxLength)
        {
            errors.Add(parameter.Name, $"must be at most {parameter.MaxLength} characters");
        }

        if (HoldsControl(value))
        {
            errors.Add(parameter.Name, "must not hold control characters");
        }
    }

    private static bool HoldsControl(string value)
    {
        foreach (var c in value)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }
}
