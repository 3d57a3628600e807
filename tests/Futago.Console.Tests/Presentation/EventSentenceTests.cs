using System.Globalization;
using Futago.Console.Client.Events;
using Futago.Console.Components.Presentation;
using Futago.Engine.Contracts.Events;

namespace Futago.Console.Tests.Presentation;

public sealed class EventSentenceTests : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    [Fact]
    public void Describe_InJapanese_HasNoCodesOfTheProgram()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo("ja");

        Assert.Equal("ユーザー keiko が作成されました (ロール: オペレーター)。", Describe("audit.user-created", "keiko", ("role", "operator")));
        Assert.Equal("admin がサインインしました (接続元: 10.0.0.7)。", Describe("audit.signed-in", "admin", ("address", "10.0.0.7")));
        Assert.Equal("admin がサインインしました。", Describe("audit.signed-in", "admin"));
        Assert.Equal(
            "イニシエーター iqn.i の iqn.t へのログインを拒否しました: このイニシエーターを許可するアクセス許可がありません (接続元: 10.0.0.9)。",
            Describe(EventCodes.LoginRefused, "iqn.t", ("target", "iqn.t"), ("initiator", "iqn.i"), ("address", "10.0.0.9"), ("reason", "NoAccessRule")));
        Assert.Equal("このノードの状態が「パッシブ」になりました (第 3 期)。", Describe(EventCodes.FailoverStateChanged, "", ("state", "Passive"), ("term", "3")));
        Assert.DoesNotContain("down", Describe(EventCodes.NetworkNicChanged, "eth0", ("nic", "eth0"), ("state", "down")), StringComparison.Ordinal);
    }

    public void Dispose() => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = _before;

    private static string Describe(string code, string @object, params (string Name, string Value)[] args) => EventSentence.Describe(
        new EventView(1, DateTimeOffset.UnixEpoch, EventSeverity.Info, "audit", code, @object, "admin", "The English sentence.", args.ToDictionary(a => a.Name, a => a.Value)));
}
