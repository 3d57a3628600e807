using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Futago.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class VolumeReplication : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "volume_replications",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    reverse = table.Column<bool>(type: "boolean", nullable: false),
                    volume_id = table.Column<Guid>(type: "uuid", nullable: true),
                    volume = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    size_bytes = table.Column<long>(type: "bigint", nullable: false),
                    peer_volume_id = table.Column<Guid>(type: "uuid", nullable: true),
                    peer_volume = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    peer_task = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    started = table.Column<bool>(type: "boolean", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resync_limit_bytes_per_second = table.Column<long>(type: "bigint", nullable: true),
                    agreed = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    node_id = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_volume_replications", x => x.id);
                    table.ForeignKey(
                        name: "fk_volume_replications_node_configuration_node_id",
                        column: x => x.node_id,
                        principalTable: "node_configuration",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_volume_replications_name",
                table: "volume_replications",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_volume_replications_node_id",
                table: "volume_replications",
                column: "node_id");

            migrationBuilder.CreateIndex(
                name: "ix_volume_replications_volume_id",
                table: "volume_replications",
                column: "volume_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "volume_replications");
        }
    }
}
