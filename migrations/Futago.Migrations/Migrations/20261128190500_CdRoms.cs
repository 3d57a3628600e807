using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Futago.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class CdRoms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_luns_volume_id",
                table: "luns");

            migrationBuilder.AddColumn<string>(
                name: "image",
                table: "luns",
                type: "character varying(1024)",
                maxLength: 1024,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_luns_volume_id",
                table: "luns",
                column: "volume_id",
                unique: true,
                filter: "image IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_luns_volume_id",
                table: "luns");

            // What is no disk must not become one.
            migrationBuilder.Sql("DELETE FROM luns WHERE image IS NOT NULL");

            migrationBuilder.DropColumn(
                name: "image",
                table: "luns");

            migrationBuilder.CreateIndex(
                name: "ix_luns_volume_id",
                table: "luns",
                column: "volume_id",
                unique: true);
        }
    }
}
