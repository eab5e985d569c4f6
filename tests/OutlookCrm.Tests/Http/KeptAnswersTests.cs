using OutlookCrm.Http;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Http;

/// <summary>Answers lie in memory of a fixed size; what is found is always what was kept under its name.</summary>
public sealed class KeptAnswersTests
{
    private const int Kept = 400;
    private const int MaxBytes = 2 * KeptAnswers.MinBytes;

    [Fact]
    public void The_newest_answer_is_found_as_it_was_kept_and_the_oldest_made_room()
    {
        var random = new Random(7);
        var answers = new KeptAnswers(MaxBytes);
        var packed = new List<byte[]>();
        for (var i = 0; i < Kept; i++)
        {
            var plain = new byte[random.Next(1, 60_000)];
            random.NextBytes(plain);
            using var answer = KeptAnswer.Of(plain, takesBrotli: i % 2 == 0, etag: $"\"{i}\"");
            answers.Keep(KeyOf(i), answer);
            packed.Add(answer.Packed.ToArray());

            Assert.True(answers.TryFind(KeyOf(i), out var newest));
            newest.Dispose();
        }

        var found = new List<int>();
        for (var i = 0; i < Kept; i++)
        {
            if (answers.TryFind(KeyOf(i), out var answer))
            {
                using (answer)
                {
                    Assert.Equal(packed[i], answer.Packed.ToArray());
                    Assert.Equal($"\"{i}\"", answer.ETag);
                    found.Add(i);
                }
            }
        }

        Assert.DoesNotContain(0, found);
        Assert.InRange(found.Sum(i => packed[i].Length), MaxBytes / 2, MaxBytes);
        answers.Clear();
        Assert.DoesNotContain(found, i => answers.TryFind(KeyOf(i), out _));
    }

    [Fact]
    public void An_answer_that_would_push_out_too_many_others_is_not_kept()
    {
        var plain = new byte[200_000];
        new Random(7).NextBytes(plain);
        var answers = new KeptAnswers(MaxBytes);
        using var answer = KeptAnswer.Of(plain, takesBrotli: false, etag: null);
        answers.Keep(KeyOf(1), answer);

        Assert.False(answers.TryFind(KeyOf(1), out _));
    }

    [Fact]
    public void The_answer_of_a_records_new_rows_lies_where_that_of_its_old_rows_lay_and_takes_no_other_records_room()
    {
        var random = new Random(7);
        var answers = new KeptAnswers(MaxBytes);
        Keep(KeyOf(1), bytes: 3_000, name: "another record's");
        for (var change = 0; change < 2_000; change++)
        {
            var changed = KeyOf(2) with { Stamp = KeyOf(2).Stamp with { Versions = (UInt128)(1_000 + change) } };
            Keep(changed, bytes: random.Next(2_000, 3_000), name: $"change {change}");

            Assert.True(answers.TryFind(changed, out var found));
            using (found)
            {
                Assert.Equal($"change {change}", found.ETag);
            }

            var before = changed with { Stamp = changed.Stamp with { Versions = (UInt128)(999 + change) } };
            Assert.False(answers.TryFind(before, out _));
        }

        Assert.True(answers.TryFind(KeyOf(1), out var other)); // one behind the other, the changes were four times the memory
        using (other)
        {
            Assert.Equal("another record's", other.ETag);
        }

        void Keep(AnswerKey key, int bytes, string name)
        {
            var plain = new byte[bytes];
            random.NextBytes(plain);
            using var answer = KeptAnswer.Of(plain, takesBrotli: false, name);
            answers.Keep(key, answer);
        }
    }

    private static AnswerKey KeyOf(int number) =>
        new(typeof(string), new RowsStamp($"firm|customer{number}", (UInt128)number, Time: 0), Sight: "", Page: null, Brotli: number % 2 == 0);
}
