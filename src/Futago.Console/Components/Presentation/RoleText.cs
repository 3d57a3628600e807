using Futago.Console.Client.Users;
using Futago.Console.Resources;

namespace Futago.Console.Components.Presentation;

/// <summary>Roles in words.</summary>
public static class RoleText
{
    public static string Of(UserRole role) => role switch
    {
        UserRole.Viewer => UsersText.RoleViewer,
        UserRole.Operator => UsersText.RoleOperator,
        _ => UsersText.RoleAdministrator,
    };

    public static string Explain(UserRole role) => role switch
    {
        UserRole.Viewer => UsersText.RoleViewerText,
        UserRole.Operator => UsersText.RoleOperatorText,
        _ => UsersText.RoleAdministratorText,
    };
}
