using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Futago.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class Pair : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "link_port",
                table: "node_configuration",
                type: "integer",
                nullable: false,
                defaultValue: 7789);

            migrationBuilder.AddColumn<string>(
                name: "replication_address",
                table: "node_configuration",
                type: "character varying(45)",
                maxLength: 45,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "peer",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    pair_id = table.Column<Guid>(type: "uuid", nullable: false),
                    node_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    address = table.Column<string>(type: "character varying(45)", maxLength: 45, nullable: false),
                    console_port = table.Column<int>(type: "integer", nullable: false),
                    replication_address = table.Column<string>(type: "character varying(45)", maxLength: 45, nullable: true),
                    link_port = table.Column<int>(type: "integer", nullable: false),
                    console_fingerprint = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    link_fingerprint = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    paired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    paired_by = table.Column<string>(type: "text", nullable: false),
                    configuration_id = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_peer", x => x.id);
                    table.CheckConstraint("ck_peer_single", "id = 1");
                    table.ForeignKey(
                        name: "fk_peer_node_configuration_configuration_id",
                        column: x => x.configuration_id,
                        principalTable: "node_configuration",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_peer_configuration_id",
                table: "peer",
                column: "configuration_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "peer");

            migrationBuilder.DropColumn(
                name: "link_port",
                table: "node_configuration");

            migrationBuilder.DropColumn(
                name: "replication_address",
                table: "node_configuration");
        }
    }
}
