using System.Globalization;
using System.Xml.Linq;

namespace OutlookCrm.Deploy;

/// <summary>
/// The add-in only manifest, which every Outlook reads: web, Windows, Mac, telephones. The order of elements is that of the schemas; Outlook
/// refuses any other (OfficeDev/office-js-docs-pr docs/develop/manifest-element-ordering.md).
/// </summary>
internal static class XmlManifest
{
    private static readonly XNamespace App = "http://schemas.microsoft.com/office/appforoffice/1.1";
    private static readonly XNamespace Basic = "http://schemas.microsoft.com/office/officeappbasictypes/1.0";
    private static readonly XNamespace First = "http://schemas.microsoft.com/office/mailappversionoverrides";
    private static readonly XNamespace Second = "http://schemas.microsoft.com/office/mailappversionoverrides/1.1";
    private static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    public static XDocument Of(AddinDescription addin) => new(
        new XDeclaration("1.0", "UTF-8", null),
        new XElement(App + "OfficeApp",
            new XAttribute(XNamespace.Xmlns + "xsi", Xsi), new XAttribute(XNamespace.Xmlns + "bt", Basic), Type("MailApp"),
            new XElement(App + "Id", addin.Id("xml")),
            new XElement(App + "Version", AddinDescription.Version + ".0"),
            new XElement(App + "ProviderName", AddinDescription.Maker),
            new XElement(App + "DefaultLocale", AddinDescription.Language),
            Default("DisplayName", AddinDescription.Name),
            Default("Description", AddinDescription.ShortDescription),
            Default("IconUrl", addin.IconUrl(64)),
            Default("HighResolutionIconUrl", addin.IconUrl(128)),
            Default("SupportUrl", addin.AboutUrl),
            new XElement(App + "AppDomains",
                new XElement(App + "AppDomain", addin.Origin),
                // Where one signs in by a window, when Outlook itself does not hand out tokens.
                new XElement(App + "AppDomain", "https://login.microsoftonline.com")),
            new XElement(App + "Hosts", new XElement(App + "Host", new XAttribute("Name", "Mailbox"))),
            new XElement(App + "Requirements",
                new XElement(App + "Sets", new XElement(App + "Set", new XAttribute("Name", "Mailbox"), new XAttribute("MinVersion", AddinDescription.MailboxSet)))),
            new XElement(App + "FormSettings", Form(addin, "ItemRead", 250), Form(addin, "ItemEdit", null)),
            new XElement(App + "Permissions", "ReadItem"),
            new XElement(App + "Rule", Type("RuleCollection"), new XAttribute("Mode", "Or"),
                from form in (string[])["Read", "Edit"]
                from item in (string[])["Message", "Appointment"]
                select new XElement(App + "Rule", Type("ItemIs"), new XAttribute("ItemType", item), new XAttribute("FormType", form))),
            new XElement(App + "DisableEntityHighlighting", true),
            Overrides(First, addin, new XComment(" What reads 1.1 takes this one instead: it can be pinned, and reaches shared folders and telephones. "),
                Overrides(Second, addin))));

    private static XElement Form(AddinDescription addin, string type, int? height) => new(App + "Form", Type(type),
        new XElement(App + "DesktopSettings",
            Default("SourceLocation", addin.PaneUrl), height is { } pixels ? new XElement(App + "RequestedHeight", pixels) : null));

    private static XElement Overrides(XNamespace ns, AddinDescription addin, params object[] newer)
    {
        var isSecond = ns == Second;
        return new XElement(ns + "VersionOverrides", new XAttribute("xmlns", ns), Type(isSecond ? "VersionOverridesV1_1" : "VersionOverridesV1_0"),
            new XElement(ns + "Requirements",
                new XElement(Basic + "Sets", new XAttribute("DefaultMinVersion", AddinDescription.MailboxSet), new XElement(Basic + "Set", new XAttribute("Name", "Mailbox")))),
            new XElement(ns + "Hosts",
                new XElement(ns + "Host", Type("MailHost"),
                    new XElement(ns + "DesktopFormFactor",
                        isSecond ? new XElement(ns + "SupportsSharedFolders", true) : null,
                        AddinDescription.Surfaces.Select(surface => new XElement(ns + "ExtensionPoint", Type(surface.Xml),
                            new XElement(ns + "OfficeTab", new XAttribute("id", "TabDefault"), Group(ns, surface, isSecond))))),
                    isSecond ? Mobile(ns) : null)),
            Resources(ns, addin, isSecond),
            newer);
    }

    private static XElement Group(XNamespace ns, Surface surface, bool isSecond) => new(ns + "Group", new XAttribute("id", $"crm.{surface.Name}.group{Suffix(isSecond)}"),
        Resource(ns, "Label", "Group.Label"),
        new XElement(ns + "Control", Type("Button"), new XAttribute("id", $"crm.{surface.Name}.button{Suffix(isSecond)}"),
            Resource(ns, "Label", "Button.Label"),
            new XElement(ns + "Supertip", Resource(ns, "Title", "Button.Label"), Resource(ns, "Description", TipOf(surface))),
            new XElement(ns + "Icon", AddinDescription.ButtonSizes.Select(size =>
                new XElement(Basic + "Image", new XAttribute("size", size), new XAttribute("resid", IconId(size))))),
            new XElement(ns + "Action", Type("ShowTaskpane"),
                Resource(ns, "SourceLocation", "Pane.Url"),
                isSecond && surface.CanPin ? new XElement(ns + "SupportsPinning", true) : null)));

    private static XElement Mobile(XNamespace ns) => new(ns + "MobileFormFactor",
        new XElement(ns + "ExtensionPoint", Type("MobileMessageReadCommandSurface"),
            new XElement(ns + "Group", new XAttribute("id", "crm.mobile.group"),
                Resource(ns, "Label", "Group.Label"),
                new XElement(ns + "Control", Type("MobileButton"), new XAttribute("id", "crm.mobile.button"),
                    Resource(ns, "Label", "Button.Label"),
                    new XElement(ns + "Icon", Type("bt:MobileIconList"),
                        from size in AddinDescription.MobileSizes
                        from scale in (int[])[1, 2, 3]
                        select new XElement(Basic + "Image",
                            new XAttribute("size", size), new XAttribute("scale", scale), new XAttribute("resid", IconId(size * scale)))),
                    new XElement(ns + "Action", Type("ShowTaskpane"), Resource(ns, "SourceLocation", "Pane.Url"))))));

    private static XElement Resources(XNamespace ns, AddinDescription addin, bool isSecond)
    {
        IEnumerable<int> onTelephones = isSecond ? AddinDescription.MobileSizes.SelectMany(size => (int[])[size, size * 2, size * 3]) : [];
        var sizes = AddinDescription.ButtonSizes.Concat(onTelephones).Distinct().Order();
        return new XElement(ns + "Resources",
            new XElement(Basic + "Images", sizes.Select(size => Named("Image", IconId(size), addin.IconUrl(size)))),
            new XElement(Basic + "Urls", Named("Url", "Pane.Url", addin.PaneUrl)),
            new XElement(Basic + "ShortStrings", Named("String", "Group.Label", AddinDescription.Name), Named("String", "Button.Label", AddinDescription.Button)),
            new XElement(Basic + "LongStrings", AddinDescription.Surfaces.Select(surface => Named("String", TipOf(surface), surface.Tip))));
    }

    // Ids of the older half differ, because none may occur twice in the file.
    private static string Suffix(bool isSecond) => isSecond ? "" : ".0";

    private static string TipOf(Surface surface) => $"Tip.{surface.Name}";

    private static string IconId(int pixels) => string.Create(CultureInfo.InvariantCulture, $"Icon.{pixels}");

    private static XAttribute Type(string name) => new(Xsi + "type", name);

    private static XElement Default(string name, string value) => new(App + name, new XAttribute("DefaultValue", value));

    private static XElement Resource(XNamespace ns, string name, string id) => new(ns + name, new XAttribute("resid", id));

    private static XElement Named(string name, string id, string value) => new(Basic + name, new XAttribute("id", id), new XAttribute("DefaultValue", value));
}
