using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Futago.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class Failover : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "failover",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    failover_id = table.Column<Guid>(type: "uuid", nullable: false),
                    protected_key = table.Column<string>(type: "text", nullable: false),
                    settings = table.Column<string>(type: "jsonb", nullable: false),
                    agreed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    unfinished = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    configuration_id = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_failover", x => x.id);
                    table.CheckConstraint("ck_failover_single", "id = 1");
                    table.ForeignKey(
                        name: "fk_failover_node_configuration_configuration_id",
                        column: x => x.configuration_id,
                        principalTable: "node_configuration",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_failover_configuration_id",
                table: "failover",
                column: "configuration_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "failover");
        }
    }
}
