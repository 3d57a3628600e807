using Bunit;
using Futago.Console.Client.Node;
using Futago.Console.Client.Users;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Tests.Dialogs;

public sealed class SettingsDialogTests : DialogContext
{
    [Theory]
    [InlineData("eth0", "3260", "address-0")]
    [InlineData("10.0.0", "3260", "address-0")]
    [InlineData("10.0.0.1", "0", "port-0")]
    [InlineData("10.0.0.1", "65536", "port-0")]
    [InlineData("10.0.0.1", "iscsi", "port-0")]
    public void Portals_BadRow_IsExplainedAtItsField(string address, string port, string field)
    {
        var dialog = RenderPortals();

        Type(dialog, "address-0", address);
        Type(dialog, "port-0", port);
        Submit(dialog);

        Assert.NotNull(ErrorAt(dialog, field));
        Assert.Empty(Node.Settings.Requests);
    }

    [Fact]
    public void Portals_Twice_IsExplained()
    {
        var dialog = RenderPortals();

        dialog.FindAll(".text-button")[^1].Click();
        Type(dialog, "address-1", "0.0.0.0");
        Submit(dialog);

        Assert.Equal(SettingsText.PortalTwice, ErrorAt(dialog, "address-1"));
        Assert.Empty(Node.Settings.Requests);
    }

    [Fact]
    public void Portals_Added_AreSaved()
    {
        var dialog = RenderPortals();

        dialog.FindAll(".text-button")[^1].Click();
        Type(dialog, "address-1", "fd00::1");
        Submit(dialog);

        var request = Assert.IsType<UpdateSettingsRequest>(Assert.Single(Node.Settings.Requests));
        Assert.Equal([new PortalConfiguration("0.0.0.0", 3260), new PortalConfiguration("fd00::1", 3260)], request.Portals);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-node")]
    [InlineData("node a")]
    [InlineData("ノード")]
    public void NodeName_Bad_IsExplained(string name)
    {
        var dialog = Render<NodeNameDialog>(p => p.Add(d => d.Settings, Node.Settings.Settings));

        Type(dialog, "nodeName", name);
        Submit(dialog);

        Assert.Equal(FieldsText.NodeName, ErrorAt(dialog, "nodeName"));
        Assert.Empty(Node.Settings.Requests);
    }

    [Theory]
    [InlineData("", "long enough 1", "name")]
    [InlineData("two words", "long enough 1", "name")]
    [InlineData("eve", "short", "password")]
    public void User_BadInput_IsExplained(string name, string password, string field)
    {
        var dialog = Render<UserDialog>();

        Type(dialog, "name", name);
        Type(dialog, "password", password);
        Submit(dialog);

        Assert.NotNull(ErrorAt(dialog, field));
        Assert.Empty(Node.Users.Requests);
    }

    [Fact]
    public void User_New_IsAViewerUnlessSaidOtherwise()
    {
        var dialog = Render<UserDialog>();

        Type(dialog, "name", "eve");
        Type(dialog, "password", "long enough 1");
        Submit(dialog);

        Assert.Equal(new CreateUserRequest("eve", "long enough 1", UserRole.Viewer), Assert.Single(Node.Users.Requests));
    }

    [Fact]
    public void Password_TwoDifferent_IsExplained()
    {
        var dialog = Render<PasswordDialog>(p => p.Add(d => d.User, Node.Users.Users[0]));

        Type(dialog, "password", "long enough 1");
        Type(dialog, "again", "long enough 2");
        Submit(dialog);

        Assert.Equal(UsersText.PasswordsDiffer, ErrorAt(dialog, "again"));
        Assert.Empty(Node.Users.Requests);
    }

    private IRenderedComponent<PortalsDialog> RenderPortals() => Render<PortalsDialog>(p => p.Add(d => d.Settings, Node.Settings.Settings));
}
