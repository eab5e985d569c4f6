using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Pane;

public sealed class SpreadsheetTextTests
{
    private static readonly string[] Pieces =
        ["=", "+", "-", "@", "'", ";", "\t", "\r", "\n", " ", ",", "\"", "|", "1", "+49 89 12", "-5", "cmd", "＝", "a", "\u00a0", "(0)", ""];

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0")]
    [InlineData("-2+3+cmd", "'-2+3+cmd")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\r=1", "'\r'=1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("Offer;=1", "Offer;'=1")]
    [InlineData("To do:\n- call", "To do:\n'- call")]
    [InlineData("'=1", "''=1")]
    [InlineData("-5", "-5")]
    [InlineData("-1250.50", "-1250.50")]
    [InlineData("+49 (0) 761/5550-12", "+49 (0) 761/5550-12")]
    [InlineData("work +49 761 1; +49 761 2", "work +49 761 1; +49 761 2")]
    [InlineData("O'Brien", "O'Brien")]
    [InlineData("a=b", "a=b")]
    public void A_formula_gets_an_apostrophe_and_numbers_and_telephones_none(string text, string written)
    {
        Assert.Equal(written, SpreadsheetText.Write(text));
        Assert.Equal(text, SpreadsheetText.Read(written));
    }

    [Fact]
    public void Whatever_is_written_begins_no_formula_anywhere_and_is_read_back_as_it_was() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Elements(Pieces)).Select(string.Concat).ToArbitrary(), text =>
        {
            var written = SpreadsheetText.Write(text);
            Assert.Equal(text, SpreadsheetText.Read(written));
            Assert.True(written.Length == 0 || written[0] is not ('\t' or '\r' or '\n'));
            foreach (var cell in written.Split([';', '\r', '\n']).Select(cell => cell.Trim()))
            {
                Assert.False(cell is ['=' or '@' or '＝', ..], cell);
                Assert.True(cell is not ['+' or '-', ..] || !cell.Any(c => char.IsLetter(c) || c is '=' or '@' or '|' or '\'' or '"'), cell);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
