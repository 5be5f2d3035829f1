namespace AsffEdge.Detection.Tests;

public sealed class PictureContentTests
{
    private const int Bits = 10;

    private static readonly DifferenceHash Scene = new(1, 2, 3, 4);
    private static readonly PlacedObject Left = At(0.1f, 0.1f);
    private static readonly PlacedObject Right = At(0.6f, 0.1f);

    [Fact]
    public void The_same_scene_with_the_same_objects_is_near_in_any_order()
    {
        PictureContent picture = new(Scene, [Left, Right]);

        Assert.True(picture.IsNear(new(Scene, [Left, Right]), bits: 0));
        Assert.True(picture.IsNear(new(Off(Bits), [At(0.61f, 0.11f), Left]), Bits));
        Assert.True(new PictureContent(Scene, []).IsNear(new(Scene, []), Bits));
    }

    [Fact]
    public void Another_scene_is_not()
    {
        PictureContent picture = new(Scene, [Left]);

        Assert.False(picture.IsNear(new(Off(Bits + 1), [Left]), Bits));
        Assert.False(picture.IsNear(picture, bits: -1));
    }

    [Fact]
    public void Other_objects_are_not()
    {
        PictureContent picture = new(Scene, [Left, Right]);

        Assert.False(picture.IsNear(new(Scene, [Left]), Bits));
        Assert.False(picture.IsNear(new(Scene, [Left, Right with { ClassId = 1 }]), Bits));
        Assert.False(picture.IsNear(new(Scene, [Left, At(0.65f, 0.1f)]), Bits));
        // Two objects in one place are not one in each.
        Assert.False(picture.IsNear(new(Scene, [Left, Left]), Bits));
        Assert.False(new PictureContent(Scene, [Left, Left]).IsNear(picture, Bits));
    }

    [Theory]
    [InlineData(0.035f, true)] // 165 of 235 of the width: 0.702
    [InlineData(0.036f, false)] // 164 of 236: 0.695
    public void The_same_place_is_an_overlap_of_at_least_70_percent(float moved, bool isNear) =>
        Assert.Equal(
            isNear,
            new PictureContent(Scene, [Left]).IsNear(new(Scene, [At(0.1f + moved, 0.1f)]), Bits)
        );

    private static DifferenceHash Off(int bits) => Scene with { A = Scene.A ^ ((1UL << bits) - 1) };

    private static PlacedObject At(float left, float top) =>
        new(0, new Box(left, top, left + 0.2f, top + 0.3f));
}
