using Futago.Console.Client.Volumes;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Creates a disk image file as a unit.</summary>
public sealed partial class CreateImageDialog
{
    /// <summary>Below this the file system of a group does not fit.</summary>
    private const long MinimumBytes = 512 * ByteSize.MiB;

    // How much the file system of the image has is not known here: the engine refuses what does not fit.
    private const long SliderBytes = 64 * ByteSize.GiB;

    private string _path = "";
    private long? _size = 4 * ByteSize.GiB;

    [Inject]
    public required IVolumeManager Manager { get; init; }

    /// <summary>Paths that exist, so that the proposed one is new.</summary>
    [Parameter]
    public IReadOnlyCollection<string> Taken { get; set; } = [];

    protected override IReadOnlyCollection<string> Fields => ["path", "sizeBytes"];

    protected override async Task OnInitializedAsync()
    {
        try
        {
            var directory = (await Manager.GetImageDirectoryAsync()).TrimEnd('/');
            var number = 0;
            while (Taken.Contains($"{directory}/unit{number}.img"))
                number++;
            _path = $"{directory}/unit{number}.img";
        }
        catch (ProblemException)
        {
            // Only the proposal is missing; creating will say what is wrong.
            _path = "";
        }
    }

    protected override void Check()
    {
        Expect("path", FieldRules.Required(_path) ?? (_path.StartsWith('/') ? null : FieldsText.AbsolutePath));
        Expect("sizeBytes", FieldRules.Size(_size, MinimumBytes, null));
    }

    protected override async Task<object> ApplyAsync() => await Manager.CreateImageAsync(new CreateImageRequest(_path.Trim(), _size!.Value));
}
