using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Futago.Persistence;

/// <summary>PostgreSQL folds unquoted names to lower case: snake_case keeps every query that a person types free of quotes.</summary>
internal static class SnakeCase
{
    public static void Apply(IMutableModel model)
    {
        foreach (var entity in model.GetEntityTypes())
        {
            entity.SetTableName(From(TableName(entity)));
            foreach (var property in entity.GetProperties())
                property.SetColumnName(From(property.Name));
            foreach (var key in entity.GetKeys())
                key.SetName(From(key.GetName()!));
            foreach (var foreignKey in entity.GetForeignKeys())
                foreignKey.SetConstraintName(From(foreignKey.GetConstraintName()!));
            foreach (var index in entity.GetIndexes())
                index.SetDatabaseName(From(index.GetDatabaseName()!));
        }
    }

    private static string TableName(IMutableEntityType entity) =>
        entity.GetTableName()!.Replace("AspNet", "", StringComparison.Ordinal);

    private static string From(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
