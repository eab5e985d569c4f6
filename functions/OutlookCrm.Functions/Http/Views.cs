using System.Buffers;
using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

/// <summary>
/// Draws contract records: record <c>X</c> with component <c>XView</c> of the pane's assembly, parameters <c>Model</c> and
/// <c>Reader</c>. Asking for the view of a record that has none is a fault of ours.
/// </summary>
internal sealed class Views(IServiceProvider services, ILoggerFactory loggers)
{
    private static readonly FrozenDictionary<Type, Type> ByModel = typeof(Reader).Assembly.GetTypes()
        .Where(t => t.IsAssignableTo(typeof(IComponent)) && t.Name.EndsWith("View", StringComparison.Ordinal))
        .Select(t => (View: t, Model: t.GetProperty("Model")?.PropertyType))
        .Where(v => v.Model is not null && v.View.Name == v.Model.Name + "View")
        .ToFrozenDictionary(v => v.Model!, v => v.View);

    /// <summary>Throws when a function answers with a record that cannot be drawn. Called when the host starts.</summary>
    public static void CheckAll(IEnumerable<Type> models)
    {
        var missing = models.Distinct().Where(m => !ByModel.ContainsKey(m)).Select(m => m.Name + "View").Order().ToList();
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"No component draws these answers: {string.Join(", ", missing)}.");
        }
    }

    public async Task DrawAsync<T>(T model, Reader reader, IBufferWriter<byte> output)
        where T : class
    {
        if (!ByModel.TryGetValue(typeof(T), out var view))
        {
            throw new InvalidOperationException($"No component {typeof(T).Name}View draws a {typeof(T).Name}.");
        }

        // A renderer keeps what it has drawn, so each answer has its own.
        await using var renderer = new HtmlRenderer(services, loggers);
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = new Dictionary<string, object?>(2) { ["Model"] = model, ["Reader"] = reader };
            var root = await renderer.RenderComponentAsync(view, ParameterView.FromDictionary(parameters));
            using var writer = new Utf8TextWriter(output);
            root.WriteHtmlTo(writer);
        });
    }

    /// <summary>A text writer straight into UTF-8 bytes; the renderer writes many small pieces.</summary>
    private sealed class Utf8TextWriter(IBufferWriter<byte> output) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            if (!buffer.IsEmpty)
            {
                Encoding.UTF8.GetBytes(buffer, output);
            }
        }
    }
}
